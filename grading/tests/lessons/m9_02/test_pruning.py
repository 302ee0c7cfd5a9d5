from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.searches import Search
from grading.lessons.m9_02.study_agreement import judge_pruning
from grading.lessons.m9_02.study_record import Study, Trial

COMPLETE = Trial(0, "COMPLETE", 2.0)
PRUNED = Trial(1, "PRUNED", steps={0: 9.0})


def _candidate(
    number: int, state: str, folds: tuple[float, ...] = (9.0,), *, status: str = "FINISHED", mean: float | None = None
) -> Candidate:
    tags, params = {"optuna.state": state}, {"trial": str(number)}
    experiment, nowhere = Experiment("1", "e", {}), LocalArtifacts(Path("/no"))
    run = Run(str(number), f"trial-{number}", status, False, experiment, 0, 1, nowhere, tags=tags, params=params)
    return Candidate(run, {}, "rmse", folds, mean, None)


FULL = _candidate(0, "COMPLETE", (1.0, 2.0, 3.0), mean=2.0)


def _judged(pruned: Candidate) -> str:
    return judge_pruning(Search(FULL.run, (FULL, pruned), True), Study("study.log", (COMPLETE, PRUNED)))


def test_a_pruned_run_that_says_so_and_keeps_its_folds_is_counted() -> None:
    assert _judged(_candidate(1, "PRUNED")) == "1 of 2 trials pruned"


@pytest.mark.parametrize(
    ("pruned", "words"),
    [
        (_candidate(1, "COMPLETE"), "optuna.state = PRUNED"),
        (_candidate(1, "PRUNED", status="FAILED"), "no failure"),
        (_candidate(1, "PRUNED", ()), "the folds"),
        (_candidate(1, "PRUNED", (9.0, 9.0)), "1 folds"),
    ],
)
def test_a_pruned_run_that_says_otherwise_is_unmet(pruned: Candidate, words: str) -> None:
    with pytest.raises(Unmet, match=words):
        _judged(pruned)


def test_a_study_that_prunes_nothing_is_unmet() -> None:
    with pytest.raises(Unmet, match="none of them early"):
        judge_pruning(Search(FULL.run, (FULL,), True), Study("study.log", (COMPLETE,)))
