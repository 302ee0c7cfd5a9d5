"""The plan of a comparison: how many rows it takes to see the smallest difference that matters, said beforehand."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grading.comparison import equal
from grading.errors import Outcome, Unmet
from grading.evidence import Evidence
from grading.families import Family
from grading.paired import LOSS_NAMES, losses, meant, required_n
from grading.store import Run
from grading.tables import finite, said

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


def plans(evidence: Evidence) -> list[Plan]:
    """The plans, newest first; raises Unmet when no run has alpha, power and required_n among its params."""
    found = []
    for run in reversed(evidence.started_runs):
        alpha, power, n = finite(said(run, "alpha")), finite(said(run, "power")), finite(said(run, *REQUIRED_N))
        if alpha is not None and power is not None and n is not None:
            found.append(Plan(run, alpha, power, n))
    if not found:
        raise Unmet(
            "a run with the params smallest_difference, difference_std, alpha, power and required_n", "none",
            "mlflow.log_params(plan) in a run `plan`, before the final runs",
        )  # fmt: skip
    return found


def judge_plan(evidence: Evidence, families: Sequence[Family], tested: Sequence[Run]) -> str:
    """The planned n; raises Unmet unless a plan has the n that its numbers give and a spread that the held-out errors
    give, and its run began before those that were tested."""
    problem: Outcome | None = None
    for plan in plans(evidence):
        try:
            return _judge(plan, families, tested)
        except Outcome as outcome:
            problem = problem or outcome
    assert problem is not None
    raise problem


def _judge(plan: Plan, families: Sequence[Family], tested: Sequence[Run]) -> str:
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
    spread = plan.spread
    if spread is not None:
        _require_spread(plan, spread, families)
    early = [run.name for run in tested if run.id != plan.run.id and run.start_time < plan.run.start_time]
    if early:
        raise Unmet("the plan before the first look at the test set", f"the runs {early} began before it",
                    "log the plan in a run of its own, then the final runs")  # fmt: skip
    return f"{int(np.ceil(right))} rows for an effect of {effect:.3f}, planned before the final runs"


def _require_spread(plan: Plan, spread: float, families: Sequence[Family]) -> None:
    kind = meant(said(plan.run, "loss"), LOSS_NAMES)
    found = list(_spreads(families, kind))
    if not any(equal(spread, value) for value in found):
        near = min(found, key=lambda value: abs(value - spread), default=float("nan"))
        raise Unmet(
            "difference_std = the standard deviation of two families' differences in out_of_fold.csv",
            f"{spread:.4f}; the nearest is {near:.4f}", "(errors_a - errors_b).std(), one mean error a patient",
        )  # fmt: skip


def _spreads(families: Sequence[Family], kind: str | None) -> Iterator[float]:
    """The standard deviations of the differences between any two families: a mean a row, or each row of each split."""
    for place, one in enumerate(families):
        for other in families[place + 1 :]:
            if not one.table["row"].isin(other.table["row"]).all():
                continue
            mine, theirs = losses(one.table), losses(other.table)
            for loss in mine.keys() & theirs.keys() if kind is None else {kind} & mine.keys() & theirs.keys():
                pairs = [(_by_row(one, mine[loss]), _by_row(other, theirs[loss]))]
                if len(one.table) == len(other.table):
                    pairs.append((mine[loss], theirs[loss]))
                for a, b in pairs:
                    if len(a) == len(b) > 1:
                        difference = (a - b).tolist()
                        yield statistics.stdev(difference)
                        yield statistics.pstdev(difference)


def _by_row(family: Family, values: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = family.table.assign(lost=values).groupby("row")["lost"].mean().to_numpy(float)
    return means
