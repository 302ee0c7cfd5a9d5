"""Notebook files that other tools wrote a little wrong are read all the same, or refused in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from grading.errors import NotebookError
from grading.running.notebook import read_notebook

WHOLE: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        {"cell_type": "code", "id": "one", "metadata": {}, "source": "1 + 1", "outputs": [], "execution_count": None}
    ],
}


def odd(**cell: Any) -> dict[str, Any]:
    """The notebook with another cell; a value of `...` leaves the key out."""
    merged = {**WHOLE["cells"][0], **cell}
    return {**WHOLE, "cells": [{key: value for key, value in merged.items() if value is not ...}]}


def write(folder: Path, content: bytes) -> Path:
    path = folder / "M9_01_a.ipynb"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "notebook",
    [
        odd(outputs=...),
        odd(execution_count=...),
        odd(outputs=None),
        odd(cell_type=...),
        odd(metadata=None),
        odd(metadata={"tags": None}),
        odd(metadata={"tags": "exercise"}),
        {**WHOLE, "metadata": {"kernelspec": "python3"}},
        {**WHOLE, "metadata": None},
        {key: value for key, value in WHOLE.items() if key != "metadata"},
        {key: value for key, value in WHOLE.items() if key != "nbformat_minor"},
    ],
    ids=[
        "no outputs", "no count", "outputs null", "no kind", "metadata null", "tags null", "tags text",
        "kernel as text", "no metadata but null", "no metadata", "no minor version",
    ],
)  # fmt: skip
def test_what_is_missing_is_put_right_and_said(tmp_path: Path, notebook: dict[str, Any]) -> None:
    read = read_notebook(write(tmp_path, json.dumps(notebook).encode()))
    assert [(cell.cell_type, cell.source) for cell in read.node.cells] == [("code", "1 + 1")]
    assert read.notes[0].startswith("repaired")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_in_another_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    read = read_notebook(write(tmp_path, json.dumps(WHOLE).encode(encoding)))
    assert [cell.source for cell in read.node.cells] == ["1 + 1"]


def test_a_whole_notebook_is_left_as_it_is(tmp_path: Path) -> None:
    assert read_notebook(write(tmp_path, json.dumps(WHOLE).encode())).notes == ()


def test_conflict_markers_are_said_with_what_to_do(tmp_path: Path) -> None:
    text = json.dumps(WHOLE, indent=1).replace('   "source"', '<<<<<<< HEAD\n   "source"', 1)
    with pytest.raises(NotebookError, match=r"M9_01_a\.ipynb: the file holds both sides of a Git merge"):
        read_notebook(write(tmp_path, text.encode()))
