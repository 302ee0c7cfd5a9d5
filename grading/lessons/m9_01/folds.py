"""Cross-validation as runs: a parent, one nested run per fold, and whether the parent says what the folds say."""

import math
import re
import statistics
from collections.abc import Iterable

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal, is_finite
from grading.evidence.evidence import IN_THREADS, Evidence
from grading.evidence.fold_runs import fold_number
from grading.evidence.metric_name import higher_is_better, parse
from grading.evidence.run_facts import key_of
from grading.evidence.store import Run
from grading.evidence.tables import plain
from grading.marking.training.folds import LEAST_FOLDS, require_folds, settings_of
from grading.marking.training.learned import learned
from grading.marking.training.subject import subject_of

# What names another family of models, or says that others of the columns were used: such folds are of another model.
OTHER_FAMILIES = re.compile(
    r"lasso|elastic|forest|tree|boost|neighbo|knn|svr|svm|mlp|neural|huber|kernel|bayes|poisson|dummy"
)
OTHER_COLUMNS = re.compile(r"feature|column|input|predictor|variable")


def cross_validation(evidence: Evidence) -> tuple[Run, list[Run]]:
    """The newest parent whose nested runs have a `fold` parameter, and those; raises Unmet when there is none."""
    return cross_validations(evidence)[0]


def cross_validations(evidence: Evidence) -> list[tuple[Run, list[Run]]]:
    """Every parent whose nested runs have a `fold` parameter, and those, newest first; raises Unmet without one.

    When some are finished, with all their folds, the others are left out: one that broke off proves nothing.
    """
    found = []
    for run in reversed(evidence.started_runs):
        folds = [child for child in evidence.children(run) if fold_number(child) is not None]
        if folds:
            found.append((run, folds))
    finished = [(run, folds) for run, folds in found if {each.status for each in (run, *folds)} == {"FINISHED"}]
    if found:
        return finished or found
    nested = [run.name for run in evidence.runs if run.parent_id]
    raise Unmet(
        "nested runs with a param `fold`",
        nested[:8] or evidence.none_of_yours,
        f"with mlflow.start_run(nested=True): inside the parent's with; {IN_THREADS}",
    )


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
        if meaning.statistic == "mean" and not higher_is_better(name) and claimed < 0:
            raise Unmet(
                f"{name} of {parent.name!r} of 0 or more, for an error is not negative",
                f"{claimed:.4f}",
                "scikit-learn's neg_… scores are minus the error: change the sign, and rank by the positive error",
            )
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


def require_trained(evidence: Evidence, parents: Iterable[tuple[Run, list[Run]]]) -> None:
    """Raise Unmet for folds whose values the model does not give, whatever the folds.

    The model is that of the main run, with the settings that the parent logged. Nothing is said of folds that broke
    off, or that are of another model.
    """
    if evidence.training == "none" or not evidence.main_runs:
        return
    run = evidence.main_run
    found = learned(evidence, run)
    if found is None or not found.rows:
        return
    try:
        subject, parameters = subject_of(evidence, run), evidence.hyperparameters(run)
    except Outcome:  # "Parameters logged" says what is wrong with the model
        return
    own = [part for part in parents if not _is_of_another_model(evidence, run, *part)]
    for parent, folds in own:
        bases = dict.fromkeys(parse(name).base for name in folds[0].metrics)
        base = next((base for base in bases if fold_values(folds, base, None)), "")
        values = fold_values(folds, base, None) if base else []
        settings = settings_of(parameters, {**parent.params, **folds[0].params})
        if len(values) >= LEAST_FOLDS and settings:
            require_folds(subject, found.rows, key_of(base), values, settings, parent.name)


def _is_of_another_model(evidence: Evidence, run: Run, parent: Run, folds: list[Run]) -> bool:
    """Whether folds broke off, or say that they are of another family or of other columns than the run's model."""
    if any(each.status != "FINISHED" for each in (parent, *folds)):
        return True
    own = plain("".join(evidence.model(run).steps()))
    said = {**parent.tags, **parent.params, **folds[0].params, "name": parent.name}
    words = " ".join(plain(value) for key, value in said.items() if not key.startswith("mlflow."))
    other = any(family not in own for family in OTHER_FAMILIES.findall(words))
    return other or any(OTHER_COLUMNS.search(plain(key)) for key in {*parent.params, *folds[0].params})


def fold_values(folds: list[Run], base: str, split: str | None) -> list[float]:
    """The folds' values of the metric with this base name; empty unless every fold has it, finite.

    `split`: of the parent's metric. A training mean is of training values; any other, of the rows held out.
    """
    wanted = ("train",) if split == "train" else ("cv", "test", None)
    found = []
    for fold in folds:
        values = {parse(name).split: value for name, value in fold.metrics.items() if parse(name).base == base}
        found.append(next((values[split] for split in wanted if split in values), math.nan))
    return found if all(is_finite(value) for value in found) else []
