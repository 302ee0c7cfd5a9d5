"""Cross-validation as runs: a parent, one nested run per fold, and whether the parent says what the folds say."""

import math
import re
import statistics
from collections.abc import Iterable

from grading.errors import Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import IN_THREADS, Evidence
from grading.evidence.metric_name import parse
from grading.evidence.run_facts import key_of
from grading.evidence.store import Run
from grading.evidence.tables import said
from grading.marking.training.cross_validation import require_folds, settings_of
from grading.marking.training.learned import learned, subject_of

FOLD_NAMES = ("fold", "cv_fold", "fold_number", "fold_index", "fold_id")
LARGEST = 1e300  # MLflow stores infinity as the largest number there is


def cross_validation(evidence: Evidence) -> tuple[Run, list[Run]]:
    """The newest parent whose nested runs have a `fold` parameter, and those; raises Unmet when there is none."""
    return cross_validations(evidence)[0]


def cross_validations(evidence: Evidence) -> list[tuple[Run, list[Run]]]:
    """Every parent whose nested runs have a `fold` parameter, and those, newest first; raises Unmet without one."""
    found = []
    for run in reversed(evidence.started_runs):
        folds = [child for child in evidence.children(run) if fold_number(child) is not None]
        if folds:
            found.append((run, folds))
    if found:
        return found
    nested = [run.name for run in evidence.runs if run.parent_id]
    raise Unmet(
        "nested runs with a param `fold`",
        nested[:8] or "no nested runs",
        f"with mlflow.start_run(nested=True): inside the parent's with; {IN_THREADS}",
    )


def fold_number(run: Run) -> int | None:
    """The number of the fold that a nested run is of; None when it says none."""
    text = said(run, *FOLD_NAMES)
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def compare_with_folds(parent: Run, folds: list[Run]) -> list[str]:
    """The parent's means and standard deviations that its folds give; raises Unmet for one that they do not give."""
    agreed = []
    for name, claimed in parent.metrics.items():
        meaning = parse(name)
        values = fold_values(folds, meaning.base, meaning.split) if meaning.statistic else []
        if not values:
            continue
        right = [statistics.fmean(values)]
        if meaning.statistic == "std":
            right = [statistics.pstdev(values), statistics.stdev(values)]
        if not any(equal(claimed, value) for value in right):
            raise Unmet(
                f"{name} = {right[0]:.4f}, from the {len(values)} folds of {parent.name!r}",
                f"{claimed:.4f}",
                "compute it from the values that the nested runs logged",
            )
        agreed.append((meaning.statistic, f"{name} = {claimed:.4g}"))
    if {statistic for statistic, _ in agreed} != {"mean", "std"}:
        raise Unmet(
            f"a mean and a std in {parent.name!r}, of a metric that every fold has",
            sorted(parent.metrics) or "no metrics",
            "log cv_rmse_mean and cv_rmse_std in the parent, and rmse in each fold",
        )
    return [text for _, text in agreed]


def require_trained(evidence: Evidence, parents: Iterable[tuple[Run, list[Run]]]) -> list[str]:
    """The parents whose folds' values a model gives that is trained on folds again; raises Unmet for values that none
    can give.

    The model is that of the main run, with the parent's `alpha`. A parent about which nothing can be said is left out.
    """
    agreed: list[str] = []
    if evidence.training == "none" or not evidence.main_runs:
        return agreed
    run = evidence.main_run
    found = learned(evidence, run)
    if found is None or not found.rows:
        return agreed
    subject, parameters = subject_of(evidence, run), evidence.hyperparameters(run)
    for parent, folds in parents:
        base = next(
            (b for b in dict.fromkeys(parse(n).base for n in folds[0].metrics) if fold_values(folds, b, None)), ""
        )
        values = fold_values(folds, base, None) if base else []
        settings = settings_of(parameters, {**parent.params, **folds[0].params})
        if values and settings and require_folds(subject, found.rows, key_of(base), values, settings, parent.name):
            agreed.append(parent.name)
    return agreed


def fold_values(folds: list[Run], base: str, split: str | None) -> list[float]:
    """The folds' values of the metric with this base name; empty unless every fold has it, finite.

    `split`: of the parent's metric. A training mean is of training values; any other, of the rows held out.
    """
    wanted = ("train",) if split == "train" else ("cv", "test", None)
    found = []
    for fold in folds:
        values = {parse(name).split: value for name, value in fold.metrics.items() if parse(name).base == base}
        found.append(next((values[split] for split in wanted if split in values), math.nan))
    return found if all(math.isfinite(value) and abs(value) < LARGEST for value in found) else []
