"""Trade-offs: quality, latency and size of runs, and which of them no other run dominates."""

import re
from collections.abc import Sequence

from grading.errors import Unmet
from grading.evidence.comparison import equal
from grading.evidence.contract import known_metrics
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import higher_is_better, parse
from grading.evidence.store import Run
from grading.evidence.tables import Table, plain

FLAG_NAMES = ("pareto", "pareto_optimal", "is_pareto", "on_front", "pareto_set", "efficient", "front", "non_dominated")
TRUE = frozenset({"true", "1", "1.0", "yes", "y", "x"})
FALSE = frozenset({"false", "0", "0.0", "no", "n", "", "nan"})
LATENCY, SIZE = frozenset({"latency", "ms", "milliseconds"}), frozenset({"size", "bytes", "kb", "mb"})
BYTES = {"kb": 1e3, "mb": 1e6, "kib": 1024.0, "mib": 1024.0**2}
LONGEST = 60_000.0  # ms for one answer: more is no measurement of ours


def judge_trade_offs(evidence: Evidence, table: Table, runs: tuple[Run, ...]) -> str:
    """Which runs are in the Pareto set; raises Unmet unless values are the runs' and the set follows from them."""
    listed = table.runs(runs)
    if missing := [run.name for run in runs if run.id not in {each.id for each in listed}]:
        raise Unmet(f"all your final runs in {table.name}", f"without {missing}", "a line a run")
    columns = _columns(table, runs)
    values = [table.numbers(column) for column in columns]
    for column, found in zip(columns, values, strict=True):
        for run, value in zip(listed, found, strict=True):
            logged = _logged(column, run)
            if logged is None or not equal(value, logged):
                shown = "a metric of that name" if logged is None else f"{logged:.6g}"
                raise Unmet(f"{column} = {shown} of {run.name!r}", f"{value:.6g}", "take it from the run's metrics")
    for run in listed:
        _require_plausible(evidence, run, columns)
    signs = [-1.0 if higher_is_better(plain_metric(column)) and column == columns[0] else 1.0 for column in columns]
    costs = [tuple(sign * value for sign, value in zip(signs, row, strict=True)) for row in zip(*values, strict=True)]
    best = pareto(costs)
    flag = table.required(*FLAG_NAMES)
    for run, right, text in zip(listed, best, table.texts(flag), strict=True):
        if text.lower() not in (TRUE if right else FALSE):
            word = "in" if right else "not in"
            why = "no run is at least as good in everything" if right else "another run is as good in everything"
            raise Unmet(f"{run.name!r} {word} the Pareto set: {why}", f"{flag} = {text}", "less is better in all three")
    return f"Pareto set: {', '.join(run.name for run, right in zip(listed, best, strict=True) if right)}"


def pareto(costs: Sequence[tuple[float, ...]]) -> list[bool]:
    """Which rows no other row dominates: at least as good in every cost, and better in one."""
    return [
        not any(
            all(a <= b for a, b in zip(other, own, strict=True)) and any(a < b for a, b in zip(other, own, strict=True))
            for other in costs
        )
        for own in costs
    ]


def plain_metric(column: str) -> str:
    """A column's name without what search_runs puts before it."""
    return column.removeprefix("metrics.")


def _columns(table: Table, runs: Sequence[Run]) -> list[str]:
    """The columns with quality, latency and size."""

    def quality(column: str) -> bool:
        meaning = parse(plain_metric(column))
        return meaning.base in known_metrics() and meaning.statistic != "std"

    known = [column for column in table.columns if any(_logged(column, run) is not None for run in runs)]
    kinds = {
        "quality, such as cv_rmse_mean": [column for column in known if quality(column)],
        "latency, such as latency_ms": [column for column in known if _words(column) & LATENCY],
        "size, such as model_size_bytes": [column for column in known if _words(column) & SIZE],
    }
    for kind, found in kinds.items():
        if not found:
            raise Unmet(f"a metric of {kind} in {table.name}", table.columns, "name the columns as the metrics")
    return [found[0] for found in kinds.values()]


def _logged(column: str, run: Run) -> float | None:
    return next((value for name, value in run.metrics.items() if plain(name) == plain(column)), None)


def _words(column: str) -> set[str]:
    return set(re.findall(r"[a-z]+", column.lower()))


def _require_plausible(evidence: Evidence, run: Run, columns: list[str]) -> None:
    """Raise Unmet for a latency that nobody can measure, and for a size that the model's files do not have."""
    latency, size = _logged(columns[1], run) or 0.0, _logged(columns[2], run) or 0.0
    if not 0 < latency < LONGEST:
        raise Unmet(f"a measured {columns[1]} in {run.name!r}", f"{latency:g}", "timeit.repeat(..., number=1)")
    folder = evidence.model(run).logged.folder
    files = [folder.local(path).stat().st_size for path in folder.paths()]
    unit = next((BYTES[word] for word in _words(columns[2]) if word in BYTES), 1.0)
    largest, everything = max(files, default=0), sum(files)
    if not 0.9 * largest <= size * unit <= 1.1 * everything:
        shown = f"between {largest:,} and {everything:,} bytes, as the model's files"
        raise Unmet(f"{columns[2]} of {run.name!r} {shown}", f"{size:,.0f}", "measure the files of the logged model")
