"""The training metrics of a run, computed again from what its model predicts for the rows that it learned from."""

from collections.abc import Iterator

from grading.errors import Unmet
from grading.evidence.claims import DEFINITIONS, values_of
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.marking.training.learned import Learned
from grading.marking.training.subject import subject_of


def require_train_metrics(evidence: Evidence, run: Run, found: Learned) -> int:
    """How many training metrics follow from model and rows; raises Unmet for the first that does not.

    None are compared when it is not known which rows the model learned from.
    """
    compared = 0
    if not found.rows:
        return compared
    table, tested = subject_of(evidence, run).table(found.said, found.rows), evidence.predictions(run)
    for name, key, threshold in _claimed(evidence, run):
        derived = values_of(key, table, threshold=threshold, params=run.params)
        if not derived:
            continue
        logged = run.metrics[name]
        if not any(equal(logged, value) for value in derived):
            hint = "compute it from what the model predicts for the rows that it was fitted on"
            if any(equal(logged, value) for value in values_of(key, tested, threshold=threshold, params=run.params)):
                hint = f"this is the value of the test rows; {hint}"
            raise Unmet(f"{name} = {derived[0]:.4f} in the run {run.name!r}, from its {len(table)} training rows",
                        f"{logged:.4f}", hint)  # fmt: skip
        compared += 1
    return compared


def _claimed(evidence: Evidence, run: Run) -> Iterator[tuple[str, str, float | None]]:
    contract = evidence.contract(run)
    for name in run.metrics:
        meaning = parse(name)
        if meaning.split == "train" and meaning.statistic is None and len(evidence.curve(run, name)) < 2:
            key = contract.metric(name) or meaning.base
            if key in DEFINITIONS:
                yield name, key, meaning.threshold
