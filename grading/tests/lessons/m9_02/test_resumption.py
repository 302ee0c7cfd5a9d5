from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.resumption import judge_resumption, repetition
from grading.lessons.m9_02.searches import Search
from grading.lessons.m9_02.study_record import Study, Trial

RESUMED = (Trial(0, params={"alpha": 0.25}, session="a"), Trial(1, params={"alpha": 0.3}, session="b"))


def _judged(trials: tuple[Trial, ...], numbers: tuple[int, ...] = (0, 1)) -> str:
    experiment, nowhere = Experiment("1", "e", {}), LocalArtifacts(Path("/no"))
    runs = [
        Run(str(at), f"trial-{at}", "FINISHED", False, experiment, 0, 1, nowhere, params={"trial": str(number)})
        for at, number in enumerate(numbers)
    ]
    candidates = tuple(Candidate(run, {}, "rmse", (), None, None) for run in runs)
    return judge_resumption(Search(runs[0], candidates, True), Study("study.log", trials))


def test_a_study_continued_in_a_second_session_was_resumed() -> None:
    assert _judged(RESUMED) == "2 trials in 2 sessions"


@pytest.mark.parametrize(
    ("trials", "numbers", "words"),
    [
        (RESUMED, (0, 0), "each trial once"),
        ((RESUMED[0], Trial(2, session="b")), (0, 2), "missing"),
        (RESUMED[:1], (0,), "one opening"),
        ((RESUMED[0], Trial(1, params={"alpha": 0.25}, session="b")), (0, 1), "settings of trial 0"),
    ],
)
def test_a_study_that_was_not_continued_where_it_stopped_is_unmet(
    trials: tuple[Trial, ...], numbers: tuple[int, ...], words: str
) -> None:
    with pytest.raises(Unmet, match=words):
        _judged(trials, numbers)


@pytest.mark.parametrize(("alpha", "found"), [(0.25, 1), (0.3, None)])
def test_a_later_session_that_draws_the_first_trial_again_repeats_it(alpha: float, found: int | None) -> None:
    trials = (Trial(0, "COMPLETE", 1.0, {"alpha": 0.25}, session="a"), Trial(1, params={"alpha": alpha}, session="b"))
    assert repetition(Study("study.log", trials)) == found


def test_whole_numbers_may_be_drawn_twice() -> None:
    trials = (Trial(0, "COMPLETE", 1.0, {"depth": 3}, session="a"), Trial(1, params={"depth": 3}, session="b"))
    assert repetition(Study("study.log", trials)) is None
