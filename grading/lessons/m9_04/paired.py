"""Paired comparison: what two models lost on the same rows, the tests of it, and how many rows such a test needs."""

import math
import re
import warnings
from collections.abc import Iterator, Mapping

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
}
UNPAIRED = re.compile(r"ttestind|welch|mannwhitney|unpaired|independent|ranksum|twosample|kstest|ks2samp")
PAIRED_WORDS = {
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


def p_values(difference: Values) -> Iterator[tuple[str, float]]:
    """The two-sided p-values of the paired tests that suit these differences, each with the test's name."""
    if len(difference) < 3 or not np.isfinite(difference).all():
        return
    if not difference.any():  # two models that lose the same on every row
        yield from ((name, 1.0) for name in TEST_NAMES)
        return
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # SciPy's remarks on ties and zeros
        yield "t", float(stats.ttest_1samp(difference, 0).pvalue)
        for zeros in ("wilcox", "pratt", "zsplit"):
            yield "wilcoxon", float(stats.wilcoxon(difference, zero_method=zeros).pvalue)
        if set(np.unique(difference)) <= {-1.0, 0.0, 1.0}:
            worse, better = int((difference > 0).sum()), int((difference < 0).sum())
            yield "mcnemar", float(stats.binomtest(worse, worse + better).pvalue)


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
