"""A study and its nested runs, trial by trial: what the one says and the others say must be the same."""

import math
import re

from grading.errors import NotAttempted, Unmet
from grading.evidence.comparison import equal, same_value
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import higher_is_better
from grading.lessons.m9_02.candidates import Candidate, require_spread
from grading.lessons.m9_02.searches import Search, searches, signed, study_of
from grading.lessons.m9_02.study_record import Study, Trial

KNOWN_SCORE = re.compile(r"accuracy|auc|f1|f_?beta|precision|recall|r2|score|kappa|matthews|mcc|correlation", re.I)
LEAST_TRIALS = 20
CLOSE_PARAM = 1e-5  # relative: a CSV keeps fewer digits


def recorded_study(evidence: Evidence) -> tuple[Search, Study]:
    """The newest study with its record; raises NotAttempted or Unmet when there is none."""
    found = [search for search in searches(evidence) if search.is_study]
    if not found:
        raise NotAttempted("a parent with `patience` and nested trials", "no study yet", "task 3 says what it needs")
    recorded = [(search, study) for search in found if (study := study_of(search)) is not None]
    if not recorded:
        raise Unmet(f"the study's own record among the artifacts of {found[-1].run.name!r}",
                    found[-1].run.artifacts.paths() or "no artifacts",
                    "mlflow.log_artifact(journal file), or study.trials_dataframe() as CSV")  # fmt: skip
    return recorded[-1]


def by_number(search: Search) -> dict[int, Candidate]:
    """The trials by number; raises Unmet for one without."""
    for candidate in search.candidates:
        if candidate.number is None:
            raise Unmet(f"a param `trial` with the trial's number in {candidate.run.name!r}",
                        sorted(candidate.run.params), 'mlflow.log_param("trial", trial.number)')  # fmt: skip
    return {candidate.number: candidate for candidate in search.candidates if candidate.number is not None}


def require_same_trials(search: Search, study: Study) -> None:
    """Raise Unmet unless the store has each trial of the record, and no other, and both say the same of each."""
    runs = by_number(search)
    if len(study.trials) < LEAST_TRIALS:
        raise Unmet(
            f"at least {LEAST_TRIALS} trials",
            len(study.trials),
            "a rule with min_trials = 20, made before the study begins: run the study anew",
        )
    missing = [trial.number for trial in study.trials if trial.number not in runs]
    if missing:
        raise Unmet(f"a nested run for each of the {len(study.trials)} trials", f"none for the trials {missing[:8]}",
                    "log each trial, the pruned and the failed ones too")  # fmt: skip
    unknown = sorted(set(runs) - {trial.number for trial in study.trials})
    if unknown:
        raise Unmet(
            f"only trials that {study.file} has", f"the numbers {unknown[:8]}", "log the record after the study"
        )
    for trial in study.trials:
        require_agreement(trial, runs[trial.number])


def require_agreement(trial: Trial, candidate: Candidate) -> None:
    """Raise Unmet unless the run says what the study says of this trial."""
    name = candidate.run.name
    for setting, value in trial.params.items():
        last = setting.rpartition("__")[2]
        known = [
            text for key, text in candidate.settings.items() if key in (setting, last) or key.endswith(f"__{last}")
        ]
        if known and not any(_same(text, value) for text in known):
            raise Unmet(f"{setting} = {value} in {name!r}, as the study says of trial {trial.number}", known[0],
                        "log what the trial suggested")  # fmt: skip
    if candidate.state and candidate.state != trial.state and trial.state in ("COMPLETE", "PRUNED"):
        raise Unmet(f"trial {trial.number} to be {trial.state}, as the study says", f"{candidate.state} in {name!r}",
                    "set the tag to what became of the trial")  # fmt: skip
    if trial.state == "COMPLETE":
        require_spread(candidate)
        assert candidate.mean is not None
        if not any(equal(sign * candidate.mean, trial.value) for sign in (1, -1)):
            raise Unmet(f"a mean of {trial.value:.4f} in {name!r}, the study's value of trial {trial.number}",
                        f"{candidate.mean:.4f}", "return to the study what is logged")  # fmt: skip
    elif trial.state == "PRUNED" and candidate.mean is not None:
        raise Unmet(f"no mean over all folds in {name!r}, which was pruned", f"{candidate.mean:.4f}",
                    "a mean of the first folds is no result to compare")  # fmt: skip


def require_direction(search: Search, study: Study) -> bool:
    """Whether a higher value is better for the study; raises Unmet when its direction does not fit its metric.

    A CSV says no direction; then it is the metric's, turned round when the values are the means with the other sign.
    """
    key = next((candidate.key for candidate in search.candidates if candidate.key), "")
    means = {candidate.number: candidate.mean for candidate in search.candidates if candidate.mean is not None}
    pairs = [(trial.value, means[trial.number]) for trial in study.trials if trial.number in means]
    flipped = any(equal(-value, mean) and not equal(value, mean) for value, mean in pairs)
    higher = (signed(key, 1.0) < 0) != flipped
    if study.direction and higher_is_better(key) and not KNOWN_SCORE.search(key):
        return study.direction == "MAXIMIZE"  # a metric of their own: they know better
    if study.direction and (study.direction == "MAXIMIZE") != higher:
        better = "higher" if signed(key, 1.0) < 0 else "lower"
        wanted, verb = ("maximize", "minimises") if higher else ("minimize", "maximises")
        raise Unmet(f'direction="{wanted}": of cv_{key}, {better} is better', f"the study {verb} it",
                    "make the study anew: its sampler looked for the worst")  # fmt: skip
    return higher


def _same(text: str, value: object) -> bool:
    if same_value(text, value) or (isinstance(value, float) and math.isnan(value) and text in ("None", "nan")):
        return True
    try:
        return math.isclose(float(text), float(str(value)), rel_tol=CLOSE_PARAM)
    except ValueError:
        return False


def judge_pruning(search: Search, study: Study) -> str:
    """How many trials were pruned, in words; raises Unmet for a run that says otherwise than the study, and for a
    study in which no trial was pruned before its last fold."""
    pruned = {trial.number: trial for trial in study.trials if trial.state == "PRUNED"}
    full = max((len(each.folds) for each in search.candidates), default=0)
    early = 0
    for number, candidate in by_number(search).items():
        name = candidate.run.name
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
