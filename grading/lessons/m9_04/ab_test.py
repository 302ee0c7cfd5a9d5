"""A table of paired tests between runs, derived again from their predictions: p-values, intervals, verdicts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from grading.errors import Outcome, Unmet
from grading.evidence.claims import differences
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run
from grading.evidence.tables import Table, find_table, finite, said
from grading.lessons.m9_04.families import families
from grading.lessons.m9_04.paired import (
    CORRECTIONS,
    LOSS_NAMES,
    Significance,
    bootstrap_interval,
    corrected,
    effect_size,
    losses,
    meant,
    paired_test,
    same_p,
    sign_flips,
    significances,
    t_interval,
)
from grading.lessons.m9_04.plan import counting, loss_of

FILE_WORDS = ("ab_test", "abtest", "a_b_test", "paired", "significance")
A_NAMES = ("a", "run_a", "model_a", "family_a", "first", "chosen")
B_NAMES = ("b", "run_b", "model_b", "family_b", "second", "other")
P_NAMES = ("p_value", "p", "pvalue", "p_raw", "p_uncorrected")
CORRECTED_NAMES = ("p_corrected", "p_holm", "p_adjusted", "p_adj", "corrected_p", "p_bonferroni")
MEAN_NAMES = ("mean_difference", "difference", "mean_diff", "diff", "delta")
LOW_NAMES = ("low", "ci_low", "lower", "ci_lower", "difference_low", "low_95")
HIGH_NAMES = ("high", "ci_high", "upper", "ci_upper", "difference_high", "high_95")
EFFECT_NAMES = ("effect_size", "cohens_d", "d", "dz", "d_z", "effect")
N_NAMES = ("n", "rows", "pairs", "patients", "count")
DRAWS = ("n_resamples", "resamples", "n_permutations", "permutations", "n_perm", "n_flips", "flips", "draws", "rounds")
VERDICT_NAMES = ("verdict", "conclusion", "decision", "significant", "result")
LEAST_RUNS = 3
CLOSE_BOOTSTRAP = 0.15  # of the interval's width: another seed moves its ends
UNDECIDED = re.compile(
    r"too few|underpowered|inconclusive|cannot tell|undecided|not enough|unclear|more (patients|data)"
)
SAME = re.compile(r"\bno\b|\bnot\b|\bnone\b|\bequal|\bsame\b|^false$|^0$|^ns$|insignificant|indistinguish")
DIFFERENT = re.compile(r"differ|significant|better|worse|wins|^true$|^1$|^yes$")


@dataclass(frozen=True)
class Pair:
    """Two runs that answered for the same rows, and where their comparison stands in the table."""

    one: Run
    other: Run
    place: int
    difference: dict[str, NDArray[np.float64]]  # of the losses, one minus other, by kind of loss

    def __str__(self) -> str:
        return f"{self.one.name} and {self.other.name}"


def find_tests(evidence: Evidence) -> Table:
    """The newest table of paired tests; raises Unmet when there is none."""
    return find_table(evidence, FILE_WORDS, "ab_tests.csv")


def pairs(evidence: Evidence, table: Table) -> list[Pair]:
    """The table's comparisons; raises Unmet for rows of other patients, or when a final run is left out."""
    finals = evidence.main_runs
    ones = table.runs(finals, table.required(*A_NAMES))
    others = table.runs(finals, table.required(*B_NAMES))
    if (count := len({run.id for run in (*ones, *others)})) < LEAST_RUNS:
        raise Unmet(f"{LEAST_RUNS} final runs compared in {table.name}", f"{count}", "your choice against each other")
    found = []
    for place, (one, other) in enumerate(zip(ones, others, strict=True)):
        found.append(Pair(one, other, place, _differences(evidence, one, other)))
    if len({frozenset((pair.one.id, pair.other.id)) for pair in found}) < len(found):
        raise Unmet(f"each comparison once in {table.name}", "one of them twice", "a line for each pair of runs")
    return found


def _differences(evidence: Evidence, one: Run, other: Run) -> dict[str, NDArray[np.float64]]:
    mine, theirs = (evidence.predictions(run).set_index("row") for run in (one, other))
    if one.id == other.id or set(mine.index) != set(theirs.index):
        only = len(set(mine.index) ^ set(theirs.index))
        raise Unmet(f"predictions of {one.name!r} and {other.name!r} for the same rows", f"{only} rows in one of them",
                    "predict the same test patients with both")  # fmt: skip
    theirs = theirs.loc[mine.index]
    if wrong := differences(mine["y_true"], theirs["y_true"]):
        raise Unmet(f"the same y_true in {one.name!r} and {other.name!r}", f"{wrong} differ")
    a, b = losses(mine.reset_index()), losses(theirs.reset_index())
    return {kind: a[kind] - b[kind] for kind in a.keys() & b.keys()}


def judge_tests(evidence: Evidence, table: Table) -> str:
    """The p-values; raises Unmet for the first comparison whose numbers the two predictions do not give."""
    told, turned = [], []
    for pair in pairs(evidence, table):
        problem: Outcome | None = None
        for kind, found in _options(table, pair):
            try:
                turned.append(_compare(table, pair, kind, found))
            except Outcome as outcome:
                problem = problem or outcome
            else:
                told.append(f"{pair}: p = {found.p:.4f}")
                break
        else:
            raise problem or Unmet(f"two models that differ: {pair}", "equal predictions, or an unknown test", NAMED)
    if any(turned) and not all(turned):
        raise Unmet("mean_difference = a minus b in every line", "b minus a in some lines, a minus b in others",
                    "(errors_a - errors_b).mean(): below zero, a errs less")  # fmt: skip
    note = "; the differences are b minus a: above zero, a errs less" if any(turned) else ""
    return ", ".join(told) + note


NAMED = "params loss (absolute_error, squared_error, zero_one) and test (ttest_rel, wilcoxon, mcnemar, permutation)"


HOW = {
    "t": "stats.ttest_rel(errors_a, errors_b)",
    "wilcoxon": "stats.wilcoxon(errors_a, errors_b)",
    "mcnemar": "stats.binomtest(rows that only a has wrong, rows that only one of them has wrong)",
    "permutation": 'stats.permutation_test((errors_a, errors_b), ..., permutation_type="samples")',
}


def _options(table: Table, pair: Pair) -> list[tuple[str, Significance]]:
    """The losses and tests that the table may mean: those that were said, or else any test that draws nothing."""
    loss, named = meant(_said(table, pair, "loss"), LOSS_NAMES), _said(table, pair, "test")
    test = paired_test(named)
    if named and test is None:
        raise Unmet("a paired test in the param test: both models answered for the same patients", named, NAMED)
    order = [kind for kind in ("absolute", "squared", "zero_one") if kind in pair.difference]
    order = [kind for kind in order if loss in (None, kind)]
    if test == "permutation":
        drawn = next((value for name in DRAWS if (value := finite(_said(table, pair, name))) is not None), None)
        return [(kind, sign_flips(pair.difference[kind], drawn)) for kind in order]
    every = ((kind, found) for kind in order for found in significances(pair.difference[kind]))
    return [(kind, found) for kind, found in every if test in (None, found.test)]


def _said(table: Table, pair: Pair, name: str) -> str:
    column = table.column(name)
    return table.texts(column)[pair.place] if column else said(table.owner, name)


def _compare(table: Table, pair: Pair, kind: str, right: Significance) -> bool:
    """Whether the row's differences are b minus a; raises Unmet for its first number that the differences in this kind
    of loss do not give."""
    difference = pair.difference[kind]

    def shown(names: tuple[str, ...]) -> float:
        return table.numbers(table.required(*names))[pair.place]

    words = f"of the paired {right.test} test on the {kind.replace('_', '-')} errors of {pair}"
    if not right.is_told_by(shown(P_NAMES)):
        about = f" within {right.error:.4f}" if right.error else ""
        raise Unmet(f"p_value = {right.p:.4f}{about}, {words}", f"{shown(P_NAMES):.4f}", HOW[right.test])
    if shown(N_NAMES) != len(difference):
        raise Unmet(f"n = {len(difference)} {words}", f"{shown(N_NAMES):g}", "how many patients both answered for")
    mean = shown(MEAN_NAMES)
    turned = difference if abs(mean - difference.mean()) <= abs(mean + difference.mean()) else -difference
    if not _near(mean, float(turned.mean()), turned):
        raise Unmet(f"mean_difference = {turned.mean():.4f} {words}", f"{mean:.4f}", "(errors_a - errors_b).mean()")
    ends = (shown(LOW_NAMES), shown(HIGH_NAMES))
    low, high = t_interval(turned)
    drawn = (
        "bootstrap"
        in " ".join(_said(table, pair, n) for n in ("interval", "interval_method", "ci", "ci_method")).lower()
    )
    if not (_near(ends[0], low, turned) and _near(ends[1], high, turned)) and not (drawn and _drawn(ends, turned)):
        hint = "stats.ttest_rel(errors_a, errors_b).confidence_interval(0.95)"
        raise Unmet(f"the 95 % interval {low:.4f} to {high:.4f} {words}", f"{ends[0]:.4f} to {ends[1]:.4f}", hint)
    effect = shown(EFFECT_NAMES)
    if not equal(effect, effect_size(turned)):
        hint = "the mean of the differences over their standard deviation"
        raise Unmet(f"effect_size = {effect_size(turned):.4f} {words}", f"{effect:.4f}", hint)
    return turned is not difference


def _near(claimed: float, right: float, difference: NDArray[np.float64]) -> bool:
    """Equal, and of small numbers also to a hundredth of their standard error: a Brier score is far below 1."""
    fine = 0.01 * float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return abs(claimed - right) <= max(fine, 1e-4 * abs(right)) or (abs(right) > 1 and equal(claimed, right))


def _drawn(ends: tuple[float, float], difference: NDArray[np.float64]) -> bool:
    low, high = bootstrap_interval(difference)
    return all(abs(a - b) <= CLOSE_BOOTSTRAP * (high - low) for a, b in zip(ends, (low, high), strict=True))


def judge_verdicts(evidence: Evidence, table: Table) -> str:
    """The verdicts; raises Unmet unless p-values are corrected and each verdict follows from p, alpha and n."""
    found = pairs(evidence, table)
    options = [_options(table, pair) for pair in found]
    if not all(options):
        raise Unmet("a test that suits the predictions", "none", NAMED)
    shown = table.numbers(table.required(*P_NAMES))
    same = [[(kind, each) for kind, each in some if each.is_told_by(p)] for some, p in zip(options, shown, strict=True)]
    # A drawn p-value is corrected as it was drawn.
    raw = [p if some and some[0][1].error else (some or each)[0][1].p
           for some, each, p in zip(same, options, shown, strict=True)]  # fmt: skip
    method = meant(said(table.owner, "correction", "multiple_testing"), CORRECTIONS) or "holm"
    right = corrected(raw, method)
    column = table.required(*CORRECTED_NAMES)
    for pair, value, p in zip(found, table.numbers(column), right, strict=True):
        if not same_p(value, p):
            hint = f'multipletests(p_values, method="{method}")[1]'
            raise Unmet(f"{column} = {p:.4f} of {pair}, by {method} over {len(raw)} tests", f"{value:.4f}", hint)
    verdicts = table.texts(table.required(*VERDICT_NAMES))
    alpha, enough = _plan(evidence, table, [{kind for kind, _ in some} for some in same])
    for pair, text, p in zip(found, verdicts, right, strict=True):
        wanted = _verdict(p, alpha, enough(len(next(iter(pair.difference.values())))))
        if verdict_of(text) not in wanted:
            raise Unmet(f"the verdict {' or '.join(wanted)!r} of {pair}: corrected p = {p:.4f}, alpha = {alpha:g}",
                        text or "none", "different, no difference, or too few patients")  # fmt: skip
    return ", ".join(f"{pair}: {text}" for pair, text in zip(found, verdicts, strict=True))


def verdict_of(text: str) -> str:
    """What a verdict in words means: different, no difference, too few patients; empty when it says none of them."""
    said_text = text.strip().lower()
    kinds: Sequence[tuple[str, re.Pattern[str]]] = (
        ("too few patients", UNDECIDED), ("no difference", SAME), ("different", DIFFERENT)
    )  # fmt: skip
    return next((kind for kind, pattern in kinds if pattern.search(said_text)), "")


def _verdict(p: float, alpha: float, enough: bool | None) -> tuple[str, ...]:
    if p < alpha:
        return ("different",)
    if enough is None:
        return "no difference", "too few patients"
    return ("no difference",) if enough else ("too few patients",)


def _plan(evidence: Evidence, table: Table, kinds: Sequence[set[str]]) -> tuple[float, Callable[[int], bool | None]]:
    """Alpha, and whether so many rows are as many as the plan asked for; None without a plan.

    `kinds`: of each comparison the losses that its p-value may be of. Raises Unmet when the plan is for another one.
    """
    try:
        plan = counting(evidence, evidence.main_runs)
        planned = loss_of(plan, families(evidence))
    except Outcome:
        return finite(said(table.owner, "alpha")) or 0.05, lambda _: None
    if planned and (other := next((each for each in kinds if each and not each & planned), None)):
        expected = f"a test of the loss that was planned, {_loss_words(planned)}: the plan's n is for that one"
        raise Unmet(expected, _loss_words(other), "test what was planned, or plan for what is tested")
    return plan.alpha, partial(_enough, plan.required_n)


def _loss_words(kinds: set[str]) -> str:
    return " or ".join(f"{kind.replace('_', '-')} errors" for kind in sorted(kinds))


def _enough(required: float, rows: int) -> bool:
    return rows >= required
