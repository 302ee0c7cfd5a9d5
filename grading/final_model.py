"""The model that was chosen, and the baseline it is held against."""

from grading.candidates import is_baseline, said
from grading.errors import Unmet
from grading.evidence import Evidence
from grading.search_space import Dimension
from grading.searches import settings_searched
from grading.selection import RULE_NAMES
from grading.store import Run


def final_run(evidence: Evidence) -> Run:
    """The run of the chosen model: the newest main run with a selection rule or, without any, the newest."""
    main = evidence.main_run  # raises when there is none
    runs = [run for run in evidence.main_runs if not is_baseline(run)] or [main]
    return next((run for run in reversed(runs) if said(run, RULE_NAMES)), runs[-1])


def chosen_settings(evidence: Evidence, run: Run) -> dict[str, object]:
    """The searched settings as the run's model has them; raises Unmet for one that it does not have."""
    values = evidence.hyperparameters(run)
    found: dict[str, object] = {}
    for dimension in settings_searched(evidence):
        names = [name for name in values if _is(name, dimension)]
        if dimension.name in values or names:
            found[dimension.name] = values[dimension.name if dimension.name in values else names[0]]
        elif dimension.is_known and not dimension.conditional:
            raise Unmet(f"the setting {dimension.name} in the model of {run.name!r}", sorted(values)[:12],
                        "tune what the model has")  # fmt: skip
    if not found:
        raise Unmet(f"the tuned settings in the model of {run.name!r}", sorted(values)[:12], "refit what was tried")
    return found


def baseline_run(evidence: Evidence, final: Run) -> Run:
    """The newest run that is called a baseline and has predictions; raises Unmet when there is none."""
    found = [run for run in evidence.runs if is_baseline(run) and run.id != final.id and run.status == "FINISHED"]
    if not found:
        raise Unmet("a run with the tag role = baseline", "none",
                    'mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"})')  # fmt: skip
    return next((run for run in reversed(found) if run.parent_id == final.id), found[-1])


def require_untouched(evidence: Evidence, baseline: Run) -> None:
    """Raise Unmet when the baseline's model has another value than scikit-learn's own for a setting of the space."""
    own, values = evidence.model(baseline).defaults(), evidence.hyperparameters(baseline)
    if own is None:
        return
    for dimension in settings_searched(evidence):
        for name, value in values.items():
            if _is(name, dimension) and name in own and value != own[name]:
                raise Unmet(f"{name} = {own[name]}, untouched, in the baseline", value,
                            "a baseline made worse makes anything look better")  # fmt: skip


def _is(name: str, dimension: Dimension) -> bool:
    """Whether a hyperparameter is the one that is searched: by its name, or without the step's."""
    if "__" in dimension.name and "__" in name:
        return name == dimension.name
    return name.rpartition("__")[2] == dimension.last
