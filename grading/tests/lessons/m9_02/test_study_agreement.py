import math
from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.searches import Search
from grading.lessons.m9_02.study_agreement import require_agreement, require_direction
from grading.lessons.m9_02.study_record import Study, Trial


def _candidate(mean: float | None = 52.0, state: str = "COMPLETE", alpha: str = "0.25") -> Candidate:
    tags = {"optuna.state": state}
    run = Run("r", "trial-0", "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/no")), tags=tags)
    return Candidate(run, {"net__alpha": alpha}, "rmse", (50.0, 52.0, 54.0), mean, 2.0)


TRIAL = Trial(0, "COMPLETE", 52.0, {"net__alpha": 0.25})


def test_a_run_that_says_what_the_study_says_agrees() -> None:
    require_agreement(TRIAL, _candidate())


def test_a_study_that_maximises_minus_the_error_agrees() -> None:
    require_agreement(Trial(0, "COMPLETE", -52.0, {"alpha": 0.25}), _candidate())


@pytest.mark.parametrize(
    ("trial", "candidate"),
    [
        (Trial(0, "COMPLETE", 51.0, {}), _candidate()),
        (Trial(0, "COMPLETE", math.nan, {}), _candidate()),
        (TRIAL, _candidate(alpha="0.3")),
        (TRIAL, _candidate(51.0)),
        (TRIAL, _candidate(state="PRUNED")),
        (Trial(0, "PRUNED", 50.0, {}), _candidate()),
        (Trial(0, "PRUNED", 50.0, {}), _candidate(state="PRUNED")),
    ],
)
def test_a_run_that_says_something_else_does_not_agree(trial: Trial, candidate: Candidate) -> None:
    with pytest.raises(Unmet):
        require_agreement(trial, candidate)


def test_a_pruned_run_without_a_mean_agrees() -> None:
    require_agreement(Trial(0, "PRUNED", 50.0, {}), _candidate(None, "PRUNED"))


@pytest.mark.parametrize(
    ("direction", "value", "higher"), [("", 52.0, False), ("MINIMIZE", 52.0, False), ("MAXIMIZE", -52.0, True)]
)
def test_a_direction_that_fits_the_metric_is_accepted(direction: str, value: float, higher: bool) -> None:
    assert require_direction(*_study(direction, value)) is higher


@pytest.mark.parametrize(("direction", "value"), [("MAXIMIZE", 52.0), ("MINIMIZE", -52.0)])
def test_a_study_that_looks_for_the_worst_is_unmet(direction: str, value: float) -> None:
    with pytest.raises(Unmet, match="lower is better"):
        require_direction(*_study(direction, value))


def _study(direction: str, value: float) -> tuple[Search, Study]:
    candidate = _candidate()
    candidate = replace(candidate, run=replace(candidate.run, params={"trial": "0"}))
    return Search(candidate.run, (candidate,), True), Study("s", (Trial(0, "COMPLETE", value),), direction)
