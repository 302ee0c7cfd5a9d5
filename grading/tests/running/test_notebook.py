import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grading.errors import InputError, NotebookError
from grading.jupyter.template import TEMPLATE, new_notebook
from grading.running.notebook import deviations, lesson_id, overlay, read_notebook

V3 = {
    "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
    "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "code", "language": "python", "input": "print(1)", "outputs": [], "metadata": {}}]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "found no file"),
        (b"", "is an empty file"),
        (b"   \n", "is an empty file"),
        (b"print('a script')", "is not a notebook"),
        (b"[]", "is not a notebook"),
        (b"{}", "is not a notebook"),
        (b"\xff\xfe\x00{", "is not a notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "is not a notebook|no cells"),
    ],
)
def test_what_is_no_notebook_is_said_in_one_sentence(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "M9_01_a.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotebookError, match=message) as caught:
        read_notebook(path)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_notebook(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="found a folder"):
        read_notebook(tmp_path)


def test_another_language_is_refused_by_its_name(tmp_path: Path) -> None:
    node = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})
    nbformat.write(node, tmp_path / "M9_01_a.ipynb")
    with pytest.raises(NotebookError, match="is written in R"):
        read_notebook(tmp_path / "M9_01_a.ipynb")


def test_a_notebook_without_a_kernel_is_taken_as_python(tmp_path: Path) -> None:
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "M9_01_a.ipynb")
    assert read_notebook(tmp_path / "M9_01_a.ipynb").notes == ("the notebook names no kernel: run as Python",)


def test_nbformat_3_is_converted_and_said(tmp_path: Path) -> None:
    (tmp_path / "M9_01_a.ipynb").write_text(json.dumps(V3))
    notebook = read_notebook(tmp_path / "M9_01_a.ipynb")
    assert [cell.source for cell in notebook.node.cells] == ["print(1)"]
    assert "converted from nbformat 3" in notebook.notes[0]


def test_the_lesson_is_in_the_name() -> None:
    assert lesson_id(Path("x/M9_01_mlflow_setup.ipynb")) == "M9_01"
    assert lesson_id(Path("M9_01_Übung von José (2).ipynb")) == "M9_01"


@pytest.mark.parametrize(
    "name", ["lesson1.ipynb", "M9_1_setup.ipynb", "m9_01_setup.ipynb", "M9_01.ipynb", "M9_01_setup.py"]
)
def test_a_wrong_name_is_refused_with_the_convention_and_an_example(name: str) -> None:
    with pytest.raises(
        NotebookError, match=r"M9_\{number\}_\{description\}\.ipynb, for example M9_01_mlflow_setup\.ipynb"
    ):
        lesson_id(Path(name))


def test_an_overlay_leaves_the_original_alone(make_notebook: Callable[..., Path]) -> None:
    node = read_notebook(make_notebook("a = 1", "b = 2")).node
    changed = overlay(node, {"cell-1": "b = 3"})
    assert [cell.source for cell in changed.cells] == ["a = 1", "b = 3"]
    assert [cell.source for cell in node.cells] == ["a = 1", "b = 2"]
    with pytest.raises(NotebookError, match="expected a cell with the id 'task9'"):
        overlay(node, {"task9": ""})


def _template() -> Any:
    return nbformat.read(TEMPLATE, as_version=4)


def _cell(node: Any, id: str) -> Any:
    return next(cell for cell in node.cells if cell.id == id)


def test_each_departure_from_the_template_is_named() -> None:
    node = _template()
    assert list(deviations(node, lesson=False)) == []
    _cell(node, "setup").source = "x = 1\n" * 16
    _cell(node, "title").source = "word " * 91
    _cell(node, "task1-work").source = "..."
    _cell(node, "task2-work").metadata.tags = []
    _cell(node, "task3-learn-example").metadata.tags = ["hidden"]
    _cell(node, "task4-learn-example").outputs = [nbformat.v4.new_output("stream", text="x")]
    _cell(node, "recap").id = "3f2a9b1c"
    found = "\n".join(deviations(node))
    for part in (
        "16 lines of code", "91 words", "comment # TODO", "task2-work': cells named …-work", "unknown tags hidden",
        "carries output", "expected cells title, parameters", "words chosen by a person", "cells, expected 35 to 130",
    ):  # fmt: skip
        assert part in found


def test_a_new_notebook_is_the_template_with_its_own_lesson(tmp_path: Path) -> None:
    path = new_notebook("5", "churn_model", tmp_path)
    assert path.name == "M9_05_churn_model.ipynb"
    node = read_notebook(path).node
    assert list(deviations(node, lesson=False)) == []
    assert 'instant("M9_05")' in _cell(node, "setup").source
    with pytest.raises(InputError, match="is there already"):
        new_notebook("05", "churn_model", tmp_path)


@pytest.mark.parametrize(
    ("number", "description"),
    [("05", "Churn Model"), ("five", "churn"), ("005", "churn"), ("05", ""), ("05", "../churn")],
)
def test_a_new_notebook_with_a_wrong_name_is_refused_with_an_example(
    tmp_path: Path, number: str, description: str
) -> None:
    with pytest.raises(InputError, match=r"for example M9_01_mlflow_setup\.ipynb"):
        new_notebook(number, description, tmp_path)
    assert not list(tmp_path.iterdir())
