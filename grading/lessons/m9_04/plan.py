"""The plan of a comparison: how many rows it takes to see the smallest difference that matters, said beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grading.errors import Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run
from grading.evidence.tables import finite, plain, said
from grading.lessons.m9_04.families import Family
from grading.lessons.m9_04.paired import LOSS_NAMES, losses, meant, required_n

REQUIRED_N = (
    "required_n",
    "n_required",
    "sample_size",
    "required_sample_size",
    "needed_n",
    "n_needed",
    "patients_needed",
)
DIFFERENCE = (
    "smallest_difference",
    "smallest_difference_of_interest",
    "min_difference",
    "minimum_difference",
    "mde",
    "delta",
)
SPREAD = ("difference_std", "std_difference", "difference_sd", "sd_difference", "std_of_differences", "sd_diff", "sd")
EFFECT = ("effect_size", "standardised_effect", "standardized_effect", "cohens_d")
SMALLEST_ALPHA, LARGEST_ALPHA = 0.0001, 0.1
LEAST_POWER = 0.7


@dataclass(frozen=True)
class Plan:
    """What a run says was planned."""

    run: Run
    alpha: float
    power: float
    required_n: float

    @property
    def effect(self) -> float | None:
        """The effect to be seen: smallest difference over the spread of the differences, or as the run says."""
        difference, spread = finite(said(self.run, *DIFFERENCE)), self.spread
        if difference is not None and spread:
            return abs(difference) / spread
        return finite(said(self.run, *EFFECT))

    @property
    def spread(self) -> float | None:
        """The standard deviation of the differences that was planned with."""
        return finite(said(self.run, *SPREAD))

    @property
    def loss(self) -> str | None:
        """The loss that was planned with; None when the run does not say."""
        return meant(said(self.run, "loss"), LOSS_NAMES)


def plans(evidence: Evidence) -> list[Plan]:
    """The plans, newest first; raises Unmet when no run has alpha, power and required_n among its params."""
    found = []
    for run in reversed(evidence.started_runs):
        alpha, power, n = finite(said(run, "alpha")), finite(said(run, "power")), finite(said(run, *REQUIRED_N))
        if alpha is not None and power is not None and n is not None:
            found.append(Plan(run, alpha, power, n))
    if not found:
        raise Unmet(
            "a run with the params smallest_difference, difference_std, alpha, power and required_n",
            evidence.none_of_yours,
            "mlflow.log_params(plan) in a run `plan`, before the final runs",
        )  # fmt: skip
    return found


def counting(evidence: Evidence, tested: Sequence[Run]) -> Plan:
    """The newest plan that began before the tested runs; raises Unmet when all began after the first of them.

    What is logged after the first look is no plan, whatever it says: it neither mends nor spoils the one that counts.
    """
    found = plans(evidence)
    for plan in found:
        if not _earlier(plan, tested):
            return plan
    early = _earlier(found[-1], tested)
    raise Unmet("the plan before the first look at the test set", f"the runs {early} began before it",
                "log the plan in a run of its own, then the final runs")  # fmt: skip


def _earlier(plan: Plan, tested: Sequence[Run]) -> list[str]:
    return [run.name for run in tested if run.id != plan.run.id and run.start_time < plan.run.start_time]


def judge_plan(
    evidence: Evidence, families: Sequence[Family], tested: Sequence[Run], compared: Sequence[tuple[Run, Run]] = ()
) -> str:
    """The planned n; raises Unmet unless the plan that counts has the n that its numbers give and a spread that the
    held-out errors give.

    `compared`: the pairs that were tested in the end; the spread is that of the one that scatters most.
    """
    plan = counting(evidence, tested)
    effect = plan.effect
    if effect is None or not (SMALLEST_ALPHA <= plan.alpha <= LARGEST_ALPHA and LEAST_POWER <= plan.power < 1):
        raise Unmet(
            f"smallest_difference, difference_std, alpha up to {LARGEST_ALPHA} and power from {LEAST_POWER}",
            f"effect {effect}, alpha {plan.alpha:g}, power {plan.power:g} in the run {plan.run.name!r}",
        )
    right = required_n(effect, plan.alpha, plan.power)
    if right is None:
        raise Unmet("a difference that a test can see", f"effect {effect:g}", "smallest_difference / difference_std")
    if abs(plan.required_n - right) > max(2.0, 0.02 * right):
        expected = f"required_n = {int(np.ceil(right))}, of a two-sided paired t-test with these numbers"
        hint = "TTestPower().solve_power(effect_size=smallest_difference / difference_std, alpha=..., power=...)"
        raise Unmet(expected, f"{plan.required_n:g}", hint)
    if plan.spread is not None:
        _require_spread(plan, plan.spread, families, compared)
    return f"{int(np.ceil(right))} rows for an effect of {effect:.3f}, planned before the final runs"


def _require_spread(plan: Plan, spread: float, families: Sequence[Family], compared: Sequence[tuple[Run, Run]]) -> None:
    ways = [way for way in _spreads(families, plan.loss) if any(equal(spread, value) for value in way.of.values())]
    if not ways:
        raise Unmet(
            "difference_std = the standard deviation of two families' differences in out_of_fold.csv",
            f"{spread:.4f}, which no two families give", "(errors_a - errors_b).std(), one mean error a patient",
        )  # fmt: skip
    problem: Unmet | None = None
    for way in ways:
        too_small = _wider(way, spread, families, compared)
        if too_small is None:
            return
        expected = f"a plan for the comparison that scatters most, {' and '.join(too_small)}"
        hint = "difference_std is the largest of the pairs that you test: a smaller one asks for too few patients"
        problem = problem or Unmet(expected, f"difference_std {spread:.4f} of another pair", hint)
    assert problem is not None
    raise problem


def _wider(
    way: "Way", spread: float, families: Sequence[Family], compared: Sequence[tuple[Run, Run]]
) -> tuple[str, str] | None:
    """The tested pair that scatters most, when it scatters more than was planned for; None when none does."""
    place = {run.id: _family_of(run, families) for pair in compared for run in pair}
    found = [(way.of.get(tuple(sorted((a, b)))), one.name, other.name) for one, other in compared
             if (a := place[one.id]) is not None and (b := place[other.id]) is not None]  # fmt: skip
    wide = [(value, one, other) for value, one, other in found if value is not None]
    if not wide:
        return _wider_beside(way, spread, families)
    value, one, other = max(wide)
    return None if value <= spread or equal(spread, value) else (one, other)


def _wider_beside(way: "Way", spread: float, families: Sequence[Family]) -> tuple[str, str] | None:
    """Before anything is tested: a pair that scatters more than the planned one and has a family of it, whichever of
    the two families is the one that will be compared with all others; None when there is none.
    """
    planned = {place for pair, value in way.of.items() if equal(spread, value) for place in pair}
    widest = [max((value, pair) for pair, value in way.of.items() if place in pair) for place in planned]
    value, (one, other) = min(widest)
    wider = value > spread and not equal(spread, value)
    return (families[one].run.name, families[other].run.name) if wider else None


def _family_of(run: Run, families: Sequence[Family]) -> int | None:
    """The place of the one family whose name a final run's name has; None when there is none, or several."""
    found = [place for place, family in enumerate(families) if plain(family.run.name) in plain(run.name)]
    return found[0] if len(found) == 1 else None


def loss_of(plan: Plan, families: Sequence[Family]) -> set[str]:
    """The losses that the plan may be about: the one it says, or those whose differences scatter so; empty if none."""
    if plan.loss or plan.spread is None:
        return {plan.loss} if plan.loss else set()
    spread = plan.spread
    return {way.loss for way in _spreads(families, None) if any(equal(spread, value) for value in way.of.values())}


@dataclass
class Way:
    """One way to say how the differences scatter, and the value for each pair of families, by their places."""

    loss: str
    of: dict[tuple[int, ...], float] = field(default_factory=dict)


def _spreads(families: Sequence[Family], kind: str | None) -> list[Way]:
    """The standard deviations of the differences between any two families: a mean a row, or each row of each split."""
    ways: dict[tuple[str, bool, bool], Way] = {}
    for place, one in enumerate(families):
        for following, other in enumerate(families[place + 1 :], place + 1):
            if not one.table["row"].isin(other.table["row"]).all():
                continue
            mine, theirs = losses(one.table), losses(other.table)
            for loss in mine.keys() & theirs.keys() if kind is None else {kind} & mine.keys() & theirs.keys():
                pairs = [(_by_row(one, mine[loss]), _by_row(other, theirs[loss]))]
                if len(one.table) == len(other.table):
                    pairs.append((mine[loss], theirs[loss]))
                for every, (a, b) in enumerate(pairs):
                    for sample in (True, False) if len(a) == len(b) > 1 else ():
                        way = ways.setdefault((loss, bool(every), sample), Way(loss))
                        way.of[place, following] = float(np.std(a - b, ddof=int(sample)))
    return list(ways.values())


def _by_row(family: Family, values: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = family.table.assign(lost=values).groupby("row")["lost"].mean().to_numpy(float)
    return means
