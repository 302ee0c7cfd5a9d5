"""What a cell is called: its id, or its number and first line when its tool gave it none."""

import json
from pathlib import Path
from typing import Any

import pytest

from grading.running.cell_names import cell_name
from grading.running.notebook import read_notebook


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ({"id": "task2-work", "source": "x = 1"}, "task2-work"),
        ({"source": "\n\n  import mlflow\nx = 1"}, "number 3 “import mlflow”"),
        ({"source": ["import mlflow\n", "x = 1"]}, "number 3 “import mlflow”"),
        ({"id": "", "source": ""}, "number 3"),
        ({"source": None}, "number 3"),
        ({"source": "x" * 200}, f"number 3 “{'x' * 59}…”"),
        ({"id": "number-3", "source": "x = 1"}, "number 3 “x = 1”"),
        ({"source": "\x1b[31mred"}, "number 3 “[31mred”"),
    ],
)
def test_a_cell_has_a_name_that_a_person_finds(cell: dict[str, object], name: str) -> None:
    assert cell_name(cell, 3) == name


@pytest.mark.parametrize("minor", [4, 5])
def test_cells_without_ids_have_the_same_name_each_time(tmp_path: Path, minor: int) -> None:
    path = tmp_path / "M9_01_a.ipynb"
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "source": "1 / 0", "outputs": []}
    cell["execution_count"] = None
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": [cell]}))
    for _ in range(2):
        (read,) = read_notebook(path).node.cells
        assert cell_name(read, 1) == "number 1 “1 / 0”"
