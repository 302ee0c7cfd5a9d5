from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.search_space import Dimension
from grading.lessons.m9_02.selection import matching, read_simplest, require_best, require_one_standard_error

SPACE = (Dimension("net__alpha", 0.01, 100, log=True), Dimension("net__kind", choices=("a", "b")))


def _candidate(name: str, alpha: float, *folds: float, key: str = "rmse") -> Candidate:
    run = Run(name, name, "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/nowhere")))
    return Candidate(run, {"net__alpha": str(alpha), "net__kind": "a"}, key, folds, sum(folds) / len(folds), 0.0)


BEST = _candidate("best", 0.1, 50, 52, 54)
CLOSE = _candidate("close", 5.0, 51, 52, 54)
CLOSER = _candidate("closer", 0.5, 50, 52.5, 54)
FAR = _candidate("far", 50.0, 60, 61, 62)
POOL = [FAR, CLOSE, BEST, CLOSER]


def test_the_best_has_the_lowest_error() -> None:
    assert "'best'" in require_best(POOL, [BEST])
    with pytest.raises(Unmet, match="'best'"):
        require_best(POOL, [CLOSER])


def test_the_best_has_the_highest_accuracy() -> None:
    low, high = _candidate("low", 1, 0.8, 0.9, key="accuracy"), _candidate("high", 2, 0.9, 0.95, key="accuracy")
    assert "'high'" in require_best([low, high], [high])
    with pytest.raises(Unmet):
        require_best([low, high], [low])


def test_a_tie_may_be_broken_either_way() -> None:
    twin = _candidate("twin", 7.0, 54, 52, 50)
    assert require_best([*POOL, twin], [twin])


def test_one_standard_error_takes_the_simplest_within_it() -> None:
    assert "'close'" in require_one_standard_error(POOL, [CLOSE], "largest alpha", SPACE)


@pytest.mark.parametrize("picked", [BEST, CLOSER])
def test_one_standard_error_is_not_the_best_when_a_simpler_one_is_close(picked: Candidate) -> None:
    with pytest.raises(Unmet, match="largest alpha"):
        require_one_standard_error(POOL, [picked], "largest alpha", SPACE)


def test_one_standard_error_is_not_overstepped() -> None:
    with pytest.raises(Unmet, match="within one standard error"):
        require_one_standard_error(POOL, [FAR], "largest alpha", SPACE)


@pytest.mark.parametrize(
    "text", ["largest alpha", "max net__alpha", "alpha: largest", "strongest alpha", "net__alpha (highest)"]
)
def test_the_simpler_end_is_read_in_many_words(text: str) -> None:
    dimension, largest = read_simplest(text, SPACE)
    assert (dimension.name, largest) == ("net__alpha", True)


def test_a_setting_called_max_is_no_end() -> None:
    assert read_simplest("smallest max_depth", (Dimension("max_depth", 1, 9),)) == (Dimension("max_depth", 1, 9), False)


@pytest.mark.parametrize("text", ["", "alpha", "largest", "largest kind", "largest smallest alpha", "largest beta"])
def test_a_simpler_end_that_nobody_can_apply_is_unmet(text: str) -> None:
    with pytest.raises(Unmet, match="tag `simplest`"):
        read_simplest(text, SPACE)


def test_settings_match_as_they_were_logged() -> None:
    assert matching(POOL, {"net__alpha": 5, "net__kind": "a"}) == [CLOSE]
    assert matching(POOL, {"net__alpha": 5, "net__kind": "b"}) == []
    assert matching(POOL, {"net__alpha": 5.1}) == []
