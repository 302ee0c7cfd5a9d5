"""The pruned trials of a study: their runs are marked so, and keep the folds that they had."""

from grading.errors import Unmet
from grading.lessons.m9_02.searches import Search
from grading.lessons.m9_02.study_record import Study


def judge_pruning(search: Search, study: Study) -> str:
    """How many trials were pruned, in words; raises Unmet for a run that says otherwise than the study, and for a
    study in which no trial was pruned before its last fold."""
    pruned = {trial.number: trial for trial in study.trials if trial.state == "PRUNED"}
    full = max((len(each.folds) for each in search.candidates), default=0)
    early = 0
    for candidate in search.candidates:
        number, name = candidate.number, candidate.run.name
        if (candidate.state == "PRUNED") != (number in pruned):
            state = "PRUNED" if number in pruned else "COMPLETE"
            raise Unmet(f"the tag optuna.state = {state} on {name!r}, as the study says",
                        candidate.state or "none", "set it inside the run; raise TrialPruned after it")  # fmt: skip
        if number not in pruned:
            continue
        if candidate.run.status != "FINISHED":
            raise Unmet(f"{name!r} to be FINISHED: to be pruned is no failure", candidate.run.status,
                        "raise optuna.TrialPruned after the with block")  # fmt: skip
        if not candidate.folds:
            raise Unmet(f"the folds that {name!r} had before it was pruned", "none", "log each fold as it comes")
        steps = pruned[number].steps
        if steps and len(steps) != len(candidate.folds):
            raise Unmet(f"{len(steps)} folds in {name!r}, as the study was told", len(candidate.folds),
                        "log and report each fold")  # fmt: skip
        early += len(candidate.folds) < full
    if not early:
        raise Unmet("a trial that was pruned before its last fold", f"{len(pruned)} pruned, none of them early",
                    "trial.report(mean so far, fold), then trial.should_prune()")  # fmt: skip
    return f"{len(pruned)} of {len(study.trials)} trials pruned"
