from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.search_method import is_grid, may_be_grid, require_method_and_budget
from grading.lessons.m9_02.searches import Search

RUN = Run("r", "search", "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/no")))
GRID = [(alpha, ratio) for alpha in "1234" for ratio in "123"]
RANDOM = [(str(number), str(number * number)) for number in range(12)]


def _search(settings: list[tuple[str, str]], method: str, budget: str) -> Search:
    candidates = (Candidate(RUN, {"alpha": a, "ratio": r}, "rmse", (), None, None) for a, r in settings)
    return Search(
        replace(RUN, tags={"tuning_method": method}, params={"n_candidates": budget}), tuple(candidates), False
    )


@pytest.mark.parametrize(("points", "grid"), [(GRID, True), (RANDOM, False), ([("1", "1"), ("2", "1")], False)])
def test_a_grid_is_every_combination_of_two_settings_or_more(points: list[tuple[str, str]], grid: bool) -> None:
    assert is_grid(points) is grid


# Degree 1 has no interactions, so one of its two rows is left out; a linear kernel has no gamma.
WITHOUT_REDUNDANT = [(a, r, d, i) for a in "123" for r in "12" for d, i in (("1", "no"), ("2", "no"), ("2", "yes"))]
OF_TWO_KERNELS = [("linear", c, None) for c in "1234"] + [("rbf", c, g) for c in "1234" for g in "123"]
ONE_ROW_OF_ONE_DEGREE = [("1", "no")] + [(d, w) for d in "2345" for w in ("yes", "no", "some")]
ONE_VALUE_ONLY = [(a, r, "cyclic") for a, r in GRID]
ONE_SETTING_VARIES = [(str(alpha), "0.5") for alpha in range(12)]


@pytest.mark.parametrize(
    "points",
    [GRID, WITHOUT_REDUNDANT, OF_TWO_KERNELS, ONE_ROW_OF_ONE_DEGREE, ONE_VALUE_ONLY, ONE_SETTING_VARIES],
    ids=["whole", "without redundant rows", "two kernels", "one row", "one value", "one setting"],
)
def test_a_grid_may_have_settings_of_one_value_and_leave_out_redundant_rows(points: list[tuple[str, ...]]) -> None:
    assert may_be_grid(points)


@pytest.mark.parametrize("points", [RANDOM, [*RANDOM, ("1", "7")]], ids=len)
def test_values_that_do_not_combine_are_no_grid(points: list[tuple[str, ...]]) -> None:
    assert not may_be_grid(points)


def test_a_search_that_says_what_it_did_is_believed() -> None:
    assert require_method_and_budget(_search(GRID, "grid", "12")) == "grid, 12"
    assert require_method_and_budget(_search(RANDOM, "random", "12.0")) == "random, 12"
    assert require_method_and_budget(_search(ONE_SETTING_VARIES, "grid", "12")) == "grid, 12"
    assert require_method_and_budget(_search(ONE_SETTING_VARIES, "random", "12")) == "random, 12"


@pytest.mark.parametrize(
    ("settings", "method", "budget"),
    [(GRID, "", "12"), (GRID, "grid", ""), (GRID, "grid", "40"), (GRID, "random", "12"), (RANDOM, "grid", "12")],
)
def test_a_method_or_a_budget_that_is_not_true_is_unmet(
    settings: list[tuple[str, str]], method: str, budget: str
) -> None:
    with pytest.raises(Unmet):
        require_method_and_budget(_search(settings, method, budget))
