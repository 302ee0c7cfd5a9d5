"""A study that was broken off and continued from its storage: no trial lost, none twice, none drawn again."""

from grading.errors import Unmet
from grading.lessons.m9_02.candidates import said
from grading.lessons.m9_02.searches import Search
from grading.lessons.m9_02.study_record import Study

SESSION = ("session", "optuna.session", "session_number", "part")


def judge_resumption(search: Search, study: Study) -> str:
    """The trials and sessions in words; raises Unmet unless the study was continued where it was broken off."""
    numbers = [candidate.number for candidate in search.candidates]
    twice = sorted({number for number in numbers if number is not None and numbers.count(number) > 1})
    if twice:
        raise Unmet("each trial once in the store", f"the numbers {twice[:8]} twice",
                    "after the resume, go on with the next number: load the study, do not make it anew")  # fmt: skip
    recorded = [trial.number for trial in study.trials]
    if recorded != list(range(len(recorded))):
        gaps = sorted(set(range(max(recorded, default=0) + 1)) - set(recorded))
        raise Unmet(f"trials 0 to {max(recorded, default=0)} in {study.file}", f"missing: {gaps[:8]}",
                    "log the study's record unchanged")  # fmt: skip
    sessions = study.sessions or list(dict.fromkeys(filter(None, (said(c.run, SESSION) for c in search.candidates))))
    if len(sessions) < 2:
        found = "one opening of the storage" if study.sessions else "no tag `session` on the trials"
        raise Unmet("a study that was broken off and continued", found,
                    "open the storage again: optuna.create_study(..., load_if_exists=True) or load_study")  # fmt: skip
    first = repetition(study)
    if first is not None:
        raise Unmet("a resume that does not repeat the first trials", f"trial {first} has the settings of trial 0",
                    "another seed for the sampler of each session")  # fmt: skip
    return f"{len(recorded)} trials in {len(sessions)} sessions"


def repetition(study: Study) -> int | None:
    """The first trial of a later session that has trial 0's very settings, drawn from a continuous range."""
    trials = [trial for trial in study.trials if trial.params]
    if not trials or not any(isinstance(value, float) and value != int(value) for value in trials[0].params.values()):
        return None
    return next(
        (
            trial.number
            for trial in trials[1:]
            if trial.session != trials[0].session and trial.params == trials[0].params
        ),
        None,
    )
