from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.searches import Search, is_grid, require_method_and_budget

RUN = Run("r", "search", "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/no")))
GRID = [(alpha, ratio) for alpha in "1234" for ratio in "123"]
RANDOM = [(str(number), str(number * number)) for number in range(12)]


def _search(settings: list[tuple[str, str]], method: str, budget: str) -> Search:
    candidates = (Candidate(RUN, {"alpha": a, "ratio": r}, "rmse", (), None, None) for a, r in settings)
    return Search(
        replace(RUN, tags={"tuning_method": method}, params={"n_candidates": budget}), tuple(candidates), False
    )


@pytest.mark.parametrize(("settings", "grid"), [(GRID, True), (RANDOM, False), ([("1", "1"), ("2", "1")], False)])
def test_a_grid_is_every_combination_of_two_settings_or_more(settings: list[tuple[str, str]], grid: bool) -> None:
    assert is_grid(_search(settings, "", "").candidates) is grid


def test_a_search_that_says_what_it_did_is_believed() -> None:
    assert require_method_and_budget(_search(GRID, "grid", "12")) == "grid, 12"
    assert require_method_and_budget(_search(RANDOM, "random", "12.0")) == "random, 12"


@pytest.mark.parametrize(
    ("settings", "method", "budget"),
    [(GRID, "", "12"), (GRID, "grid", ""), (GRID, "grid", "40"), (GRID, "random", "12"), (RANDOM, "grid", "12")],
)
def test_a_method_or_a_budget_that_is_not_true_is_unmet(
    settings: list[tuple[str, str]], method: str, budget: str
) -> None:
    with pytest.raises(Unmet):
        require_method_and_budget(_search(settings, method, budget))
