"""The cells that did not finish: their error, their source around the line that raised it, and what it means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grading.reports.plain_errors import in_plain_words
from grading.running.cell_names import cell_name
from grading.running.execution_report import CellFailure

MOST_SHOWN = 8  # failing cells whose source is kept
LINES = 12  # of one source that are shown, around the line that raised
LONGEST_LINE = 160
LONGEST_TRACE = 100_000  # characters that are looked through
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Line:
    """One line of a cell."""

    number: int
    text: str
    raised: bool


@dataclass(frozen=True)
class FailedCell:
    """One cell that did not finish; without lines when its source is not at hand."""

    cell: str
    error: str
    lines: tuple[Line, ...] = ()
    more: int = 0  # lines that are not shown

    @property
    def meaning(self) -> str:
        """The error in plain words; empty when there are none for it."""
        return in_plain_words(self.error)

    @property
    def line(self) -> int:
        """The number of the line that raised; 0 when it is not known."""
        return next((line.number for line in self.lines if line.raised), 0)


def failed_cells(failures: Iterable[CellFailure], notebook: Any | None = None) -> tuple[FailedCell, ...]:
    """The failures in their order, the first eight with the source from the executed notebook."""
    named = enumerate(notebook.cells, start=1) if notebook is not None else ()
    cells = {cell_name(cell, number): cell for number, cell in named}
    return tuple(
        _failed_cell(failure, cells.get(failure.cell) if number < MOST_SHOWN else None)
        for number, failure in enumerate(failures)
    )


def _failed_cell(failure: CellFailure, cell: Any | None) -> FailedCell:
    source = str(cell.get("source", "")).splitlines() if cell is not None else []
    raised = _raising_line(cell) if source else 0
    first = max(0, min(raised - LINES // 2, len(source) - LINES))
    shown = [
        Line(number, text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…", number == raised)
        for number, text in enumerate(source[first : first + LINES], first + 1)
    ]
    return FailedCell(failure.cell, failure.error, tuple(shown), len(source) - len(shown))


def _raising_line(cell: Any) -> int:
    """The line of the cell where its error came from, as IPython's traceback says; 0 when it does not say."""
    outputs = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    if not outputs:
        return 0
    trace = COLOUR.sub("", "\n".join(map(str, outputs[-1].get("traceback", []))))[:LONGEST_TRACE]
    found = re.search(rf"Cell In\[{cell.get('execution_count')}\], line (\d{{1,6}})", trace)
    return int(found[1]) if found else 0
