"""Paired comparison: what two models lost on the same rows, the tests of it, and how many rows such a test needs."""

import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from grading.evidence.claims import SCORE_NAMES
from grading.evidence.tables import plain

Values = NDArray[np.float64]
LEVEL = 0.95
# The names under which a loss or a test may be said.
LOSS_NAMES = {
    "absolute": ("absoluteerror", "absolute", "mae", "abserror", "l1", "abs"),
    "squared": ("squarederror", "squared", "mse", "rmse", "brier", "brierscore", "l2"),
    "zero_one": ("zeroone", "01", "zerooneloss", "accuracy", "correct", "wrong", "error", "mistake", "errorrate"),
}
TEST_NAMES = {
    "t": ("ttestrel", "ttest", "t", "pairedt", "pairedttest", "ttest1samp", "dependentt", "tpaired"),
    "wilcoxon": ("wilcoxon", "wilcoxonsignedrank", "signedrank"),
    "mcnemar": ("mcnemar", "mcnemarexact", "exactmcnemar", "binomtest", "signtest"),
    "permutation": ("permutation", "permutationtest", "signflip", "randomization", "randomisation"),
}
UNPAIRED = re.compile(r"ttestind|welch|mannwhitney|unpaired|independent|ranksum|twosample|kstest|ks2samp")
PAIRED_WORDS = {
    "permutation": ("permut", "signflip", "flipsign", "flippedsign", "flippingsign", "randomization", "randomisation"),
    "wilcoxon": ("wilcoxon", "signedrank"),
    "mcnemar": ("mcnemar", "binomtest", "signtest"),
    "t": ("ttestrel", "pairedt", "ttest"),
}
CORRECTIONS = {
    "holm": ("holm", "holmbonferroni"),
    "bonferroni": ("bonferroni",),
    "holm-sidak": ("holmsidak",),
    "sidak": ("sidak",),
    "hommel": ("hommel",),
}
LEAST_EFFECT, LARGEST_EFFECT = 0.005, 20.0
FLIPS, FLIPPED_AT_ONCE = 20_000, 1_000  # draws of our own for a permutation test
LEAST_FLIPS, USUAL_FLIPS = 200, 1_000  # draws of theirs: the fewest that are believed, and those of one who says none
ERRORS = 4  # standard errors of a drawn p-value: an honest one is farther off once in fifteen thousand times


@dataclass(frozen=True)
class Significance:
    """A paired test's two-sided p-value."""

    test: str
    p: float
    error: float = 0.0  # how far an honest one may be off, of a test that draws

    def is_told_by(self, claimed: float) -> bool:
        """Whether the claimed value is this one, to one part in a hundred or rounded to three or four decimals."""
        if self.error:
            return 0 <= claimed <= 1 and abs(claimed - self.p) <= self.error
        return same_p(claimed, self.p)


def losses(frame: pd.DataFrame) -> dict[str, Values]:
    """What a model lost on each row, by kind of loss, of those that suit the predictions.

    `frame`: y_true, y_pred and, of a classifier, y_score.
    """
    true, predicted = frame["y_true"], frame["y_pred"]
    found = {"zero_one": (true.astype(str) != predicted.astype(str)).to_numpy(float)}
    if pd.api.types.is_numeric_dtype(true):
        found["zero_one"] = (true != predicted).to_numpy(float)
    score = next((name for name in SCORE_NAMES if name in frame.columns), None)
    if score is not None and true.nunique() == 2:
        off = frame[score].to_numpy(float) - (true == true.max()).to_numpy(float)
        found |= {"absolute": np.abs(off), "squared": off**2}
    elif score is None and pd.api.types.is_numeric_dtype(true):
        off = predicted.to_numpy(float) - true.to_numpy(float)
        found |= {"absolute": np.abs(off), "squared": off**2}
    return found


def same_p(claimed: float, right: float) -> bool:
    """Equal to one part in a hundred, or rounded to three or four decimals: of small p-values the size matters."""
    return abs(claimed - right) <= 0.01 * right or claimed in (round(right, 3), round(right, 4))


def significances(difference: Values) -> Iterator[Significance]:
    """The paired tests that suit these differences, without those that draw."""
    if len(difference) < 3 or not np.isfinite(difference).all():
        return
    if not difference.any():  # two models that lose the same on every row
        yield from (Significance(name, 1.0) for name in TEST_NAMES if name != "permutation")
        return
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # SciPy's remarks on ties and zeros
        yield Significance("t", float(stats.ttest_1samp(difference, 0).pvalue))
        for zeros in ("wilcox", "pratt", "zsplit"):
            yield Significance("wilcoxon", float(stats.wilcoxon(difference, zero_method=zeros).pvalue))
        if set(np.unique(difference)) <= {-1.0, 0.0, 1.0}:
            worse, better = int((difference > 0).sum()), int((difference < 0).sum())
            yield Significance("mcnemar", float(stats.binomtest(worse, worse + better).pvalue))


def sign_flips(difference: Values, drawn: float | None) -> Significance:
    """The permutation test of paired differences: how often the mean is as far from 0 when their signs are random.

    (R. A. Fisher, The Design of Experiments, 1935.) `drawn`: how many draws they say they made. Their p-value and ours
    are each the share of such draws, so the error is that of both shares.
    """
    random, found = np.random.default_rng(9), 0
    limit = abs(float(difference.sum())) * (1 - 1e-9)
    for _ in range(FLIPS // FLIPPED_AT_ONCE):
        signs = random.integers(0, 2, (FLIPPED_AT_ONCE, len(difference)), dtype=np.int8) * 2 - 1
        found += int((np.abs(signs @ difference) >= limit).sum())
    p = (found + 1) / (FLIPS + 1)
    theirs = max(drawn or USUAL_FLIPS, LEAST_FLIPS)
    spread = math.sqrt(p * (2 - p) * (1 / theirs + 1 / FLIPS))  # SciPy doubles the share of one side
    return Significance("permutation", p, ERRORS * spread + 2 / theirs)  # theirs may count the observed one, or not


def t_interval(difference: Values) -> tuple[float, float]:
    """The 95 % t interval of the mean difference."""
    half = stats.t.ppf((1 + LEVEL) / 2, len(difference) - 1) * difference.std(ddof=1) / math.sqrt(len(difference))
    return float(difference.mean() - half), float(difference.mean() + half)


def bootstrap_interval(difference: Values) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean difference; another seed moves its ends a little."""
    found = stats.bootstrap((difference,), np.mean, method="percentile", rng=np.random.default_rng(9), batch=500)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def effect_size(difference: Values) -> float:
    """The mean over the standard deviation of the differences (J. Cohen's d_z, 1988)."""
    spread = float(difference.std(ddof=1))
    return float(difference.mean()) / spread if spread else 0.0


def corrected(p: list[float], method: str) -> list[float]:
    """The p-values of several comparisons, corrected by a method that statsmodels names."""
    from statsmodels.stats.multitest import multipletests

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return [float(value) for value in multipletests(p, method=method)[1]]


def required_n(effect: float, alpha: float, power: float) -> float | None:
    """How many pairs a two-sided paired t-test needs to see an effect (mean over standard deviation of differences).

    None when that is no sensible question.
    """
    from statsmodels.stats.power import TTestPower

    if not (LEAST_EFFECT <= abs(effect) <= LARGEST_EFFECT and 0 < alpha <= 0.2 and 0.5 <= power <= 0.9999):
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = TTestPower().solve_power(effect_size=abs(effect), alpha=alpha, power=power, alternative="two-sided")
    value = float(np.ravel(found)[0])
    return value if math.isfinite(value) else None


def meant(text: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key under which a name is known; None when it is not."""
    return next((key for key, known in names.items() if plain(text) in (plain(key), *known)), None)


def paired_test(text: str) -> str | None:
    """The paired test that a text names, `scipy.stats.ttest_rel` too; None when it names none, or an unpaired one."""
    name = plain(text)
    if UNPAIRED.search(name):
        return None
    known = (key for key, words in PAIRED_WORDS.items() if any(word in name for word in words))
    return meant(text, TEST_NAMES) or next(known, None)
