"""Markdown for docs/performance.md: the machine's line, tables that grow as numbers come, medians with their range."""

import os
import platform
import statistics
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

QUIET = 0.5  # load average, in processes: above it, other work shares the machine
VERSIONS = ("mlflow", "scikit-learn", "pandas", "ipykernel", "papermill")


def machine() -> Iterator[str]:
    """Where and with what the numbers were measured; a warning when something else was running."""
    names = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    load = os.getloadavg()[0]
    yield (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{names}. Load average at the start: {load:.2f}."
    )
    if load > QUIET:
        yield ""
        yield f"> The machine was busy: a load above {QUIET}. Do not keep these numbers."


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table, line by line: a row can be printed as soon as it is known."""
    yield _line(headers)
    yield _line(["---"] * len(headers))
    for row in rows:
        yield _line(row)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median and, of several values, the smallest and the largest: 2.31 (2.25–2.40)."""
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio(more: Sequence[float], less: Sequence[float], digits: int = 1) -> str:
    """How many times the one median is the other."""
    return f"{statistics.median(more) / statistics.median(less):.{digits}f} ×"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
