"""A metric with a history: whether its values are those of a learning curve of this run."""

from collections.abc import Mapping

from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.run_facts import better
from grading.evidence.store import Run

FAR = 3  # times a run's error, that its learning curve may end above or below it


def problem_of_curve(evidence: Evidence, run: Run, key: str, curve: Mapping[int, float]) -> str:
    """What is wrong with a learning curve, in a few words; empty when nothing is."""
    values = list(curve.values())
    if len(set(values)) < 2 or all(value == step for step, value in curve.items()):
        return "its values only repeat or count them"
    if better(key) == "lower" and min(values) < 0:
        return "an error is not negative: scikit-learn's neg_… scores are minus the error"
    for other in evidence.lesson_runs:
        for name in other.metrics:
            if values == list(evidence.curve(other, name).values()):
                return f"they are the values of {name} in the lesson's own run {other.name!r}"
    base = parse(key).base.rpartition("_")[2]  # learning_curve_rmse is an rmse
    # Not of cross-validation: an R² that is called rmse there as well is no witness.
    meanings = {name: parse(name) for name in run.metrics if name != key}
    same = [run.metrics[name] for name, meaning in meanings.items() if meaning.base == base and meaning.split != "cv"]
    if same and not any(value / FAR <= values[-1] <= value * FAR for value in same if value > 0):
        return f"it ends with {values[-1]:.4g}, far from the {base} of the same run, {same[0]:.4g}"
    return ""
