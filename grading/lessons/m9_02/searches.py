"""Searches as runs: a space, and parents with one nested run per candidate."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grading.errors import NotAttempted, Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import IN_THREADS, Evidence
from grading.evidence.metric_name import higher_is_better, parse
from grading.evidence.store import Run
from grading.lessons.m9_02.candidates import (
    TRIAL_NUMBER,
    Candidate,
    candidate_of,
    is_baseline,
    metrics_of,
    said,
    settings_of,
)
from grading.lessons.m9_02.search_space import Dimension, read_space
from grading.lessons.m9_02.study_record import Study, read_study

LEAST_CANDIDATES = 12

SPACE_FILE = re.compile(r"(search|param\w*|tuning)?[ _-]?space[^/]*\.json$", re.I)
METHOD_TAGS = ("tuning_method", "search_method", "tuner", "sampler", "method")
PATIENCE = ("patience", "early_stopping_patience")
METRIC_NAMES = ("tuned_metric", "metric", "objective", "scoring", "tuning_metric")
PREFERRED = ["rmse", "root_mean_squared_error", "accuracy", "roc_auc", "f1", "mae"]  # of several, when nothing tells
NO_SETTING = frozenset({*TRIAL_NUMBER, "fold", "seed", "random_state", "session", "state", "optuna.state"})


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


def spaces(evidence: Evidence) -> list[tuple[Run, Path]]:
    """The runs that keep a search space, oldest first, each with its file; raises Unmet when there is none."""
    found = []
    for run in evidence.started_runs:
        path = next((path for path in run.artifacts.paths() if SPACE_FILE.search(path.rpartition("/")[2])), None)
        if path is not None:
            found.append((run, path))
    kept = [_oldest_alike(run, found) for run in evidence.without_repeats(run for run, _ in found)]
    if not kept:
        raise Unmet("search_space.json among the artifacts of a run", evidence.none_of_yours,
                    'mlflow.log_text(json.dumps(space, indent=2), "search_space.json")')  # fmt: skip
    return [(run, run.artifacts.local(path)) for run, path in found if run in kept]


def _oldest_alike(run: Run, found: Iterable[tuple[Run, str]]) -> Run:
    """The first run of this name with the same params and the same space: a cell that was run again changes nothing."""
    own = next(path for each, path in found if each is run)
    for other, path in found:
        if other is run:
            break
        same = (other.experiment.id, other.name, other.params) == (run.experiment.id, run.name, run.params)
        if same and other.artifacts.local(path).read_bytes() == run.artifacts.local(own).read_bytes():
            return other
    return run


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
    named = {run.id: settings_of(run, space) for run in nested}
    # A candidate's own folds may be runs, and say its settings again: they are no candidates.
    own = {run.id: run for run in nested if named[run.id] and not named.get(run.parent_id or "")}
    above = {child.parent_id for child in own.values()}
    parents = [run for run in evidence.runs if run.id in above]
    found, key = [], _tuned_metric(list(own.values()), parents)
    for parent in evidence.without_repeats(parents):
        children = [run for run in evidence.children(parent) if run.id in own]
        candidates = tuple(candidate_of(evidence, run, named[run.id], key) for run in children)
        found.append(Search(parent, candidates, bool(said(parent, PATIENCE)) or _study_path(parent) is not None))
    if not found and not nested and not any(run.metrics for run in evidence.runs):
        raise NotAttempted(
            "nested runs with the settings that are tried",
            evidence.none_of_yours,
            "tasks 2 and 3 make them",
        )
    if not found:
        names = ", ".join(dimension.name for dimension in space[:4])
        raise Unmet(f"nested runs with the settings that are tried{names and f' ({names})'}",
                    [run.name for run in nested[:6]] or evidence.none_of_yours,
                    f"with mlflow.start_run(nested=True): inside the parent's with; {IN_THREADS}")  # fmt: skip
    return found


def plain_searches(evidence: Evidence) -> list[Search]:
    """The searches that are no study; raises Unmet when there are none."""
    found = [search for search in searches(evidence) if not search.is_study]
    if not found:
        raise Unmet(
            "a search by grid or at random, beside the study", "only a study", "a parent with nested candidates"
        )
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


def _tuned_metric(runs: list[Run], parents: list[Run]) -> str:
    """The metric that the candidates are judged by: of several that all have, that of the study or, without one, of
    the parents' word; else the one that most have."""
    counted = Counter(base for run in runs for base in metrics_of(run))
    most = [base for base, count in counted.items() if count == max(counted.values())]
    if len(most) < 2:
        return next(iter(most), "")
    told = " ".join(said(parent, METRIC_NAMES) for parent in parents)
    if named := [base for base in most if base in parse(told).base]:
        return named[0]
    values = [value for parent in parents for value in _study_values(parent)]
    means = {base: [v for run in runs for n, v in run.metrics.items() if _is_mean_of(n, base)] for base in most}
    hits = {base: sum(any(equal(abs(v), abs(mean)) for mean in means[base]) for v in values) for base in most}
    known = [base for base in most if base in PREFERRED]
    return max(most, key=lambda base: (hits[base], base in known, -PREFERRED.index(base) if base in known else 0))


def _is_mean_of(name: str, base: str) -> bool:
    meaning = parse(name)
    return meaning.statistic == "mean" and meaning.base == base and meaning.split in ("cv", None)


def _study_values(parent: Run) -> list[float]:
    path = _study_path(parent)
    try:
        study = read_study(parent.artifacts.local(path)) if path else None
    except Outcome:
        return []
    return [trial.value for trial in study.trials[:100] if trial.state == "COMPLETE"] if study else []
