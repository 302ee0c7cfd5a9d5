import time
from collections.abc import Callable

import mlflow
import numpy as np
import pandas as pd
import pytest

from grading.errors import Outcome, Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.families import Family
from grading.lessons.m9_04.plan import counting, judge_plan

Read = Callable[[], Evidence]
ERRORS = {name: np.random.default_rng(n).normal(0, 1, 60).round(3) for n, name in enumerate("ab")}
SPREAD = float((np.abs(ERRORS["a"]) - np.abs(ERRORS["b"])).std(ddof=1))
RIGHT = {"smallest_difference": SPREAD / 5, "difference_std": SPREAD, "alpha": 0.05, "power": 0.8, "required_n": 199}


def judge(evidence: Read, **changed: object) -> str:
    with mlflow.start_run(run_name="final"):
        pass
    time.sleep(0.005)
    with mlflow.start_run(run_name="plan"):
        mlflow.log_params(RIGHT | changed)
    time.sleep(0.005)
    with mlflow.start_run(run_name="later"):
        pass
    final, plan, later = evidence().runs
    families = []
    for run, errors in ((final, ERRORS["a"]), (plan, ERRORS["b"])):
        table = pd.DataFrame({"split": 0, "row": range(60), "y_true": 0.0, "y_pred": errors})
        families.append(Family(run, table))
    return judge_plan(evidence(), families, [later if changed.get("first") != "final" else final])


def test_a_plan_whose_numbers_agree_is_met(evidence: Read) -> None:
    assert judge(evidence).startswith("199 rows for an effect of 0.200")


def test_the_normal_approximation_is_near_enough(evidence: Read) -> None:
    assert judge(evidence, required_n=197)


def test_a_plan_may_be_in_standard_deviations(evidence: Read) -> None:
    changed = {"smallest_difference": "", "difference_std": "", "effect_size": 0.5, "required_n": 34}
    assert judge(evidence, **changed).startswith("34 rows")


@pytest.mark.parametrize(
    "changed",
    [
        {"required_n": 155},  # of a one-sided test
        {"required_n": 100},
        {"difference_std": 2 * SPREAD, "smallest_difference": 2 * SPREAD / 5},
        {"alpha": 0.5},
        {"power": 1.0},
        {"power": "nan"},
        {"smallest_difference": 0},
        {"smallest_difference": 1e-9},
        {"smallest_difference": "some"},
        {"difference_std": 0},
        {"required_n": "enough"},
    ],
)
def test_a_plan_whose_numbers_do_not_agree_is_unmet(evidence: Read, changed: dict[str, object]) -> None:
    with pytest.raises(Outcome):
        judge(evidence, **changed)


def test_a_plan_after_the_first_look_is_none(evidence: Read) -> None:
    with pytest.raises(Unmet, match="before the first look"):
        judge(evidence, first="final")


def test_a_spread_that_no_families_give_is_unmet_and_no_other_is_told(evidence: Read) -> None:
    changed = {"difference_std": 2 * SPREAD, "smallest_difference": 2 * SPREAD / 5}
    with pytest.raises(Unmet, match="which no two families give"):
        judge(evidence, **changed)


def _plan_for(evidence: Read, chosen: str, other: str) -> str:
    """Of three families, a plan for the pair of two of them, before anything is tested."""
    errors = {name: np.random.default_rng(n).normal(0, n, 60).round(3) for n, name in enumerate("abc", 1)}
    spread = float((np.abs(errors[chosen]) - np.abs(errors[other])).std(ddof=1))
    families = []
    for name, values in errors.items():
        with mlflow.start_run(run_name=name):
            pass
        table = pd.DataFrame({"split": 0, "row": range(60), "y_true": 0.0, "y_pred": values})
        families.append(Family(evidence().runs[-1], table))
    with mlflow.start_run(run_name="plan"):
        mlflow.log_params(RIGHT | {"smallest_difference": spread / 5, "difference_std": spread})
    return judge_plan(evidence(), families, [])


@pytest.mark.parametrize("pair", ["ac", "ca", "bc"])
def test_a_plan_for_the_widest_pair_of_either_family_is_met_before_the_tests(evidence: Read, pair: str) -> None:
    assert _plan_for(evidence, *pair).startswith("199 rows")


def test_a_plan_for_a_pair_that_scatters_less_is_told_before_the_tests(evidence: Read) -> None:
    with pytest.raises(Unmet, match="scatters most"):
        _plan_for(evidence, "a", "b")


def test_of_two_plans_the_newer_counts_unless_it_came_after_the_look(evidence: Read) -> None:
    for n in (199, 50):
        with mlflow.start_run(run_name=f"plan {n}"):
            mlflow.log_params(RIGHT | {"required_n": n})
        time.sleep(0.005)
        with mlflow.start_run(run_name=f"final {n}"):
            pass
        time.sleep(0.005)
    _, first, _, second = evidence().runs
    assert counting(evidence(), [first, second]).required_n == 199
    assert counting(evidence(), [second]).required_n == 50
