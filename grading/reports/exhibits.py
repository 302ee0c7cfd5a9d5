"""What a scorecard's page shows of a submission beside its marks: runs, figures, and the cells that failed.

Made while the store is still there; nothing of it changes a mark, and `results.json` does not have it.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from grading.errors import Outcome, shorten
from grading.evidence.evidence import Evidence
from grading.evidence.markdown import number
from grading.evidence.store import Run
from grading.reports.failed_cells import FailedCell, failed_cells
from grading.reports.thumbnails import Thumbnail, thumbnails_of
from grading.running.execution import Execution

MOST_RUNS = 8  # that are named
MOST_METRICS = 4  # of a run


@dataclass(frozen=True)
class ShownRun:
    """One run in a line."""

    name: str
    experiment: str
    status: str
    main: bool  # the one that most checks are about
    params: int
    metrics: tuple[tuple[str, str], ...]  # the first, tests before others
    more_metrics: int
    artifacts: int
    models: int
    nested: int  # runs in it


@dataclass(frozen=True)
class Exhibits:
    """What there is to show."""

    runs: tuple[ShownRun, ...] = ()
    more_runs: int = 0
    figures: tuple[Thumbnail, ...] = ()
    more_figures: int = 0  # files that are not shown: too many, the same again, or no readable picture
    failures: tuple[FailedCell, ...] = ()
    solution: bool = False  # whether the reference solutions were put in


def exhibits_of(evidence: Evidence | None, execution: Execution, *, solution: bool = False) -> Exhibits:
    """What an execution left behind, for its page. Raises nothing: a page without pictures is better than no mark."""
    found = Exhibits(solution=solution)
    try:
        found = replace(found, failures=failed_cells(execution.report.failures, execution.notebook))
        return replace(found, **_logged(evidence)) if evidence else found
    except Exception:  # the notebook damaged its store, or keeps what nobody thought of: the scorecard says so
        return found


def _logged(evidence: Evidence) -> dict[str, Any]:
    """The runs that are not nested, and their figures, the main run's first, then the newest."""
    try:
        main = evidence.main_run.id
    except Outcome:
        main = ""
    newest = sorted(evidence.runs, key=lambda run: run.id == main)[::-1]
    top = [run for run in newest if run.parent_id is None]
    figures, more_figures = thumbnails_of([*top, *(run for run in newest if run.parent_id is not None)])
    return {
        "runs": tuple(_shown(run, evidence, run.id == main) for run in top[:MOST_RUNS]),
        "more_runs": len(top[MOST_RUNS:]),
        "figures": figures,
        "more_figures": more_figures,
    }


def _shown(run: Run, evidence: Evidence, main: bool) -> ShownRun:
    names = sorted(run.metrics, key=lambda name: (not name.startswith("test"), name))
    return ShownRun(
        name=shorten(run.name) or "a run without a name",
        experiment=shorten(run.experiment.name),
        status=run.status.lower(),
        main=main,
        params=len(run.params),
        metrics=tuple((shorten(name), _rounded(run.metrics[name])) for name in names[:MOST_METRICS]),
        more_metrics=len(names[MOST_METRICS:]),
        artifacts=len(run.artifacts.paths()),
        models=len(run.models),
        nested=len(evidence.children(run)),
    )


def _rounded(value: float) -> str:
    return number(value, 4) if math.isfinite(value) else str(value)
