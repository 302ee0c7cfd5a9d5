"""Searches as runs: a parent, one nested run per candidate, each with its settings, its folds, mean and spread."""

import math
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grading.comparison import equal
from grading.errors import Outcome, Unmet
from grading.evidence import Evidence
from grading.leaderboard import higher_is_better
from grading.metric_name import parse
from grading.search_space import Dimension, read_space
from grading.store import Run
from grading.study_record import Study, read_study

SPACE_FILE = re.compile(r"(search|param\w*|tuning)?[ _-]?space[^/]*\.json$", re.I)
METHOD_TAGS = ("tuning_method", "search_method", "tuner", "sampler", "method")
BUDGET_NAMES = ("n_candidates", "n_trials", "n_iter", "budget", "tuning_budget", "candidates", "max_trials", "trials")
PATIENCE = ("patience", "early_stopping_patience")
TRIAL_NUMBER = ("trial", "trial_number", "number", "optuna.trial", "trial_id", "optuna.trial.number")
STATE_TAGS = ("optuna.state", "state", "trial_state", "optuna_state", "trial.state")
NO_SETTING = frozenset({*TRIAL_NUMBER, "fold", "seed", "random_state", "session", "state", "optuna.state"})
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
        return int(text) if re.fullmatch(r"\d{1,6}", text) else None

    @property
    def state(self) -> str:
        """How the trial says it ended, in capitals: COMPLETE, PRUNED; empty when it says nothing."""
        return said(self.run, STATE_TAGS).rpartition(".")[2].upper()

    @property
    def is_complete(self) -> bool:
        """Whether it may be chosen: finished, not pruned, with a mean over its folds."""
        return self.run.status == "FINISHED" and self.mean is not None and self.state in ("", "COMPLETE", "COMPLETED")

    def standard_errors(self) -> list[float]:
        """The standard error of the mean, with n - 1 and with n in the variance; empty with a single fold."""
        if len(self.folds) < LEAST_FOLDS:
            return []
        root = math.sqrt(len(self.folds))
        return [statistics.stdev(self.folds) / root, statistics.pstdev(self.folds) / root]


@dataclass(frozen=True)
class Search:
    """A parent run with its candidates, in the order in which they ran."""

    run: Run
    candidates: tuple[Candidate, ...]
    is_study: bool

    @property
    def method(self) -> str:
        """How the parent says it searched."""
        return said(self.run, METHOD_TAGS)


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


def latest(evidence: Evidence, runs: Iterable[Run]) -> list[Run]:
    """The runs; in a live notebook, of a cell that was run again, those of its last time."""
    found = list(runs)
    return list({(run.experiment.id, run.name): run for run in found}.values()) if evidence.since else found


def spaces(evidence: Evidence) -> list[tuple[Run, Path]]:
    """The runs that keep a search space, oldest first, each with its file; raises Unmet when there is none."""
    found = []
    for run in evidence.started_runs:
        path = next((path for path in run.artifacts.paths() if SPACE_FILE.search(path.rpartition("/")[2])), None)
        if path is not None:
            found.append((run, path))
    kept = latest(evidence, (run for run, _ in found))
    if not kept:
        raise Unmet("search_space.json among the artifacts of a run", "none",
                    'mlflow.log_text(json.dumps(space, indent=2), "search_space.json")')  # fmt: skip
    return [(run, run.artifacts.local(path)) for run, path in found if run in kept]


def dimensions(evidence: Evidence) -> tuple[Dimension, ...]:
    """The settings that are searched, by the first space that was logged."""
    return read_space(spaces(evidence)[0][1])


def settings_searched(evidence: Evidence) -> tuple[Dimension, ...]:
    """The settings that are searched: those of the space or, while there is none to read, the candidates' params."""
    try:
        return dimensions(evidence)
    except Unmet:
        nested = [run for run in evidence.started_runs if run.parent_id and not is_baseline(run)]
        names = dict.fromkeys(name for run in nested for name in run.params if name.lower() not in NO_SETTING)
        return tuple(Dimension(name) for name in names)


def searches(evidence: Evidence) -> list[Search]:
    """The parents with nested candidates, oldest first; raises Unmet when there are none."""
    space = settings_searched(evidence)
    nested = [run for run in evidence.started_runs if run.parent_id and not is_baseline(run)]
    named = {run.id: _settings(run, space) for run in nested}
    # A candidate's own folds may be runs, and say its settings again: they are no candidates.
    own = {run.id: run for run in nested if named[run.id] and not named.get(run.parent_id or "")}
    parents = [run for run in evidence.runs if any(run.id == child.parent_id for child in own.values())]
    found = []
    for parent in latest(evidence, parents):
        children = [run for run in own.values() if run.parent_id == parent.id]
        candidates = tuple(_candidate(evidence, run, named[run.id]) for run in children)
        found.append(Search(parent, candidates, bool(said(parent, PATIENCE)) or _study_path(parent) is not None))
    if not found:
        names = ", ".join(dimension.name for dimension in space[:4])
        raise Unmet(f"nested runs with the settings that are tried{names and f' ({names})'}",
                    [run.name for run in nested[:6]] or "no nested runs",
                    "with mlflow.start_run(nested=True): inside the parent's with")  # fmt: skip
    return found


def study_of(search: Search) -> Study | None:
    """The study's own record among the artifacts of a search's parent."""
    path = _study_path(search.run)
    return read_study(search.run.artifacts.local(path)) if path else None


def complete_pool(found: Iterable[Search]) -> tuple[list[Candidate], str]:
    """All candidates that may be chosen, and the metric that most of them are judged by; raises Unmet without any."""
    pool = [candidate for search in found for candidate in search.candidates if candidate.is_complete]
    if not pool:
        raise Unmet("complete candidates with a CV mean", "none", "log cv_rmse_mean in each nested run")
    key = statistics.mode(candidate.key for candidate in pool)
    return [candidate for candidate in pool if candidate.key == key], key


def signed(key: str, value: float) -> float:
    """The value so that lower is better."""
    return -value if higher_is_better(key) else value


def require_spread(candidate: Candidate) -> None:
    """Raise Unmet unless the candidate has folds, and a mean and a standard deviation that they give."""
    run, folds = candidate.run, candidate.folds
    if len(folds) < LEAST_FOLDS:
        found = sorted(run.metrics) or "no metrics"
        raise Unmet(f"the value of each fold in {run.name!r}", found, "mlflow.log_metric(name, value, step=fold)")
    if candidate.mean is None or candidate.std is None:
        found = sorted(run.metrics)
        raise Unmet(f"a CV mean and std in {run.name!r}", found, "log cv_rmse_mean and cv_rmse_std")
    if not equal(candidate.mean, statistics.fmean(folds)):
        raise Unmet(f"a mean of {statistics.fmean(folds):.4f}, from the {len(folds)} folds of {run.name!r}",
                    f"{candidate.mean:.4f}", "compute it from the values that were logged")  # fmt: skip
    if not any(equal(candidate.std, value) for value in (statistics.stdev(folds), statistics.pstdev(folds))):
        raise Unmet(f"a std of {statistics.stdev(folds):.4f}, from the {len(folds)} folds of {run.name!r}",
                    f"{candidate.std:.4f}", "compute it from the values that were logged")  # fmt: skip


def _settings(run: Run, space: tuple[Dimension, ...]) -> dict[str, str]:
    """The run's values of the space's settings: under their names, or without the step's."""
    found = {}
    for dimension in space:
        for name, value in run.params.items():
            if name.removeprefix("params_") in (dimension.name, dimension.last) or (
                name.rpartition("__")[2] == dimension.name
            ):
                found[dimension.name] = value
                break
    return found


def _study_path(run: Run) -> str | None:
    for path in run.artifacts.paths():
        name = path.rpartition("/")[2].lower()
        if re.search(r"split|fold|predict|space", name):
            continue
        try:
            if read_study(run.artifacts.local(path)) is not None:
                return path
        except Outcome:
            if re.search(r"study|journal|optuna|trial", name):  # meant to be one: let the check say what is wrong
                return path
    return None


def _candidate(evidence: Evidence, run: Run, settings: Mapping[str, str]) -> Candidate:
    """The candidate, judged by the metric that has a mean or, of one that was pruned, a history."""
    parsed = {name: parse(name) for name in run.metrics}
    mean = {m.base: name for name, m in parsed.items() if m.statistic == "mean" and m.split in ("cv", None) and m.base}
    std = {m.base: name for name, m in parsed.items() if m.statistic == "std" and m.split in ("cv", None)}
    plain = [name for name, m in parsed.items() if m.statistic is None and m.split in ("cv", None) and m.base]
    history = {parsed[name].base: _by_step(evidence, run, name) for name in plain}
    key = next(iter(mean), "") or max(history, key=lambda base: len(history[base]), default="")
    folds = history.get(key, ())
    if len(folds) < LEAST_FOLDS:
        folds = _of_nested_folds(evidence, run, key) or folds
    value = run.metrics[mean[key]] if key in mean else None
    return Candidate(run, settings, key, folds, value, run.metrics[std[key]] if key in std else None)


def _by_step(evidence: Evidence, run: Run, name: str) -> tuple[float, ...]:
    history = {point.step: point.value for point in evidence.store.history(run.id, name)}
    values = tuple(history[step] for step in sorted(history))
    return values if all(math.isfinite(value) and abs(value) < 1e300 for value in values) else ()


def _of_nested_folds(evidence: Evidence, run: Run, key: str) -> tuple[float, ...]:
    """The values of folds that are runs of their own."""
    found: dict[int, float] = {}
    for child in evidence.children(run):
        number = child.params.get("fold", "").strip()
        values = [v for name, v in child.metrics.items() if parse(name).base == key and parse(name).statistic is None]
        if re.fullmatch(r"\d{1,4}", number) and values and math.isfinite(values[0]):
            found[int(number)] = values[0]
    return tuple(found[number] for number in sorted(found))
