"""A candidate as a run: the settings it tries, its folds, and the mean and the spread that they give."""

import math
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grading.errors import Unmet
from grading.evidence.comparison import equal, is_finite
from grading.evidence.evidence import Evidence
from grading.evidence.fold_runs import fold_number
from grading.evidence.metric_name import parse
from grading.evidence.run_facts import better
from grading.evidence.store import Run
from grading.lessons.m9_02.search_space import Dimension

TRIAL_NUMBER = ("trial", "trial_number", "number", "optuna.trial", "trial_id", "optuna.trial.number")
STATE_TAGS = ("optuna.state", "state", "trial_state", "optuna_state", "trial.state")
ROLE_TAGS = ("role", "model_role", "model.role")
LEAST_FOLDS = 2


@dataclass(frozen=True)
class Candidate:
    """One nested run that tries settings."""

    run: Run
    settings: Mapping[str, str]  # by the names of the space
    key: str  # the metric it is judged by, without split and statistic: rmse
    folds: tuple[float, ...]  # in the order of the folds
    mean: float | None
    std: float | None

    @property
    def number(self) -> int | None:
        """The trial's number, when it says one."""
        text = said(self.run, TRIAL_NUMBER)
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None

    @property
    def state(self) -> str:
        """How the trial says it ended, in capitals: COMPLETE, PRUNED; empty when it says nothing."""
        return said(self.run, STATE_TAGS).rpartition(".")[2].upper().replace("COMPLETED", "COMPLETE")

    @property
    def is_complete(self) -> bool:
        """Whether it may be chosen: finished, not pruned, with a mean over its folds."""
        finite = self.mean is not None and math.isfinite(self.mean)
        return finite and self.run.status == "FINISHED" and self.state in ("", "COMPLETE")

    def standard_errors(self) -> list[float]:
        """The standard error of the mean, with n - 1 and with n in the variance; empty with a single fold."""
        if len(self.folds) < LEAST_FOLDS:
            return []
        root = math.sqrt(len(self.folds))
        return [statistics.stdev(self.folds) / root, statistics.pstdev(self.folds) / root]


def said(run: Run, names: Iterable[str]) -> str:
    """What the run says under the first of these names, as a tag or a param; empty when nothing."""
    for name in names:
        for place in (run.tags, run.params):
            found = next((value for key, value in place.items() if key.lower() == name), "")
            if found.strip():
                return found.strip()
    return ""


def is_baseline(run: Run) -> bool:
    """Whether the run is a baseline, by its role or its name."""
    return said(run, ROLE_TAGS).lower() == "baseline" or run.name.lower().startswith(("baseline", "untuned"))


def settings_of(run: Run, space: Iterable[Dimension]) -> dict[str, str]:
    """The run's values of the space's settings: under their names, or without the step's."""
    found = {}
    for dimension in space:
        for name, value in run.params.items():
            bare = name.removeprefix("params_").lower()
            if bare in (dimension.name.lower(), dimension.last.lower()) or (
                bare.rpartition("__")[2] == dimension.name.lower()
            ):
                found[dimension.name] = value
                break
    return found


def metrics_of(run: Run) -> list[str]:
    """The metrics that the run has a mean over its folds of, without split and statistic: rmse."""
    parsed = map(parse, run.metrics)
    return sorted(
        {name.base for name in parsed if name.statistic == "mean" and name.split in ("cv", None) and name.base}
    )


def candidate_of(evidence: Evidence, run: Run, settings: Mapping[str, str], key: str) -> Candidate:
    """The run as a candidate that is judged by the metric `key`; by the one with most folds when it is empty."""
    parsed = {name: parse(name) for name in run.metrics}
    of_folds = {name: meaning for name, meaning in parsed.items() if meaning.split in ("cv", None) and meaning.base}
    history = {m.base: _by_step(evidence, run, name) for name, m in of_folds.items() if m.statistic is None}
    key = key or max(history, key=lambda base: len(history[base]), default="")
    folds = history.get(key, ())
    if len(folds) < LEAST_FOLDS:
        folds = _of_nested_folds(evidence, run, key) or folds
    spread = {m.statistic: run.metrics[name] for name, m in of_folds.items() if m.base == key}
    return Candidate(run, settings, key, folds, spread.get("mean"), spread.get("std"))


def require_spread(candidate: Candidate) -> None:
    """Raise Unmet unless the candidate has folds, and a mean and a standard deviation that they give."""
    run, folds = candidate.run, candidate.folds
    if len(folds) < LEAST_FOLDS:
        found = f"{len(folds)} of {sorted(run.metrics)}" if folds else sorted(run.metrics) or "no metrics"
        raise Unmet(f"a value for each fold in {run.name!r}, {LEAST_FOLDS} or more, each with its step", found,
                    "mlflow.log_metric(name, value, step=fold)")  # fmt: skip
    if candidate.mean is None or candidate.std is None:
        found = sorted(run.metrics)
        raise Unmet(f"a CV mean and std in {run.name!r}", found, "log cv_rmse_mean and cv_rmse_std")
    if better(candidate.key) == "lower" and min(folds) < 0 and "neg" not in candidate.key:
        hint = "scikit-learn's neg_… scores are minus the error: change the sign, or the worst candidate looks best"
        raise Unmet(f"{candidate.key} of 0 or more in {run.name!r}, as an error is", f"{min(folds):.4f}", hint)
    if not equal(candidate.mean, statistics.fmean(folds)):
        raise Unmet(f"a mean of {statistics.fmean(folds):.4f}, from the {len(folds)} folds of {run.name!r}",
                    f"{candidate.mean:.4f}", "compute it from the values that were logged")  # fmt: skip
    if not any(equal(candidate.std, value) for value in (statistics.stdev(folds), statistics.pstdev(folds))):
        raise Unmet(f"a std of {statistics.stdev(folds):.4f}, from the {len(folds)} folds of {run.name!r}",
                    f"{candidate.std:.4f}", "compute it from the values that were logged")  # fmt: skip


def require_inside(candidate: Candidate, space: Iterable[Dimension]) -> None:
    """Raise Unmet unless the candidate has every setting of the space, inside it; a conditional one may be missing."""
    for dimension in space:
        text = candidate.settings.get(dimension.name)
        if text is None and not dimension.conditional:
            raise Unmet(f"{dimension.name} among the params of {candidate.run.name!r}",
                        sorted(candidate.run.params), "log every setting of the space")  # fmt: skip
        if text is not None and not dimension.holds(text):
            raise Unmet(f"{dimension} in {candidate.run.name!r}", text, "draw from the space that you logged")


def _by_step(evidence: Evidence, run: Run, name: str) -> tuple[float, ...]:
    values = tuple(evidence.curve(run, name).values())
    return values if all(map(is_finite, values)) else ()


def _of_nested_folds(evidence: Evidence, run: Run, key: str) -> tuple[float, ...]:
    """The values of folds that are runs of their own."""
    found: dict[int, float] = {}
    for child in evidence.children(run):
        number = fold_number(child)
        values = [v for name, v in child.metrics.items() if parse(name).base == key and parse(name).statistic is None]
        if number is not None and values and is_finite(values[0]):
            found[number] = values[0]
    return tuple(found[number] for number in sorted(found))
