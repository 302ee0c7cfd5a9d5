"""What a cell is called in reports: by its id, or by its number and first line where its tool gave it none."""

from collections.abc import Mapping
from typing import Any

from grading.errors import shorten

LONGEST_LINE = 60  # characters


def stand_in_id(number: int) -> str:
    """The id of a cell that should have one: always the same, where nbformat would take one by chance."""
    return f"number-{number}"


def cell_name(cell: Mapping[str, Any], number: int) -> str:
    """The cell's id, or such as `number 3 “import mlflow”`; cells are counted from 1, those with prose, too."""
    id = cell.get("id")
    if id and id != stand_in_id(number):
        return shorten(id)
    source = cell.get("source") or ""
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    first = shorten(next((line for line in text.splitlines() if line.strip()), ""))
    shown = first if len(first) <= LONGEST_LINE else f"{first[: LONGEST_LINE - 1]}…"
    return f"number {number} “{shown}”" if shown else f"number {number}"
