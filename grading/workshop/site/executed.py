"""Lessons with their outputs: run confined and untouched as readers get them, and not again while nothing changed."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from grading.assessment.assessment import temporary_folder
from grading.cohort.graded import key_of
from grading.errors import GradingError
from grading.evidence.data_files import DATA
from grading.files import PACKAGE, write_whole
from grading.running.execution import INJECTED, TIMEOUT, run_notebook
from grading.running.notebook import Notebook, read_notebook

REPORTS = PACKAGE / "reports"
PICTURES = ("image/png", "image/svg+xml", "image/jpeg")


def executed(path: Path, kept: Path) -> Any:
    """The notebook with the outputs of an untouched run, from the folder `kept` when such a run is there.

    Raises GradingError when a cell fails: readers would see the traceback.
    """
    notebook = read_notebook(path)
    file = kept / f"{path.stem}-{_key(notebook)}.ipynb"
    if file.exists():
        return nbformat.read(file, as_version=4)
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA)
    if execution.report.failures:
        first = execution.report.failures[0]
        raise GradingError(f"expected {path.name} to run to the end; found in {first.cell}: {first.error}")
    node = as_read(execution.notebook)
    kept.mkdir(parents=True, exist_ok=True)
    write_whole(file, nbformat.writes(node) + "\n")
    return node


def as_read(node: Any) -> Any:
    """The executed notebook without what tells a reader nothing, its figures with a text for who cannot see them."""
    node.cells = [cell for cell in node.cells if cell["id"] != INJECTED]
    heading = ""
    for cell in node.cells:
        if cell.cell_type == "markdown":
            heading = next((line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")), heading)
        if cell.cell_type != "code":
            continue
        if "exercise" in cell.metadata.get("tags", []):
            cell["outputs"] = []  # the Ellipsis that waits for the student
        for data in (output["data"] for output in cell.outputs if "data" in output):
            if "text/html" in data:  # pandas leaves a heading empty, which a screen reader would read out
                data["text/html"] = data["text/html"].replace("<th></th>", "<td></td>")
        if any(kind in output.get("data", {}) for output in cell.outputs for kind in PICTURES):
            title = "; ".join(_titles(cell.source)) or heading
            cell.metadata["mystnb"] = {"image": {"alt": f"Figure: {title}"}}
    return node


def _titles(source: str) -> Iterator[str]:
    """The titles that a cell gives its figures, when they are written out; … is what it computes in them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            named = [word.value for word in node.keywords if word.arg == "title"]
            sets = isinstance(node.func, ast.Attribute) and node.func.attr in ("set_title", "suptitle", "title")
            for value in named or (node.args[:1] if sets else []):
                if isinstance(value, ast.Constant | ast.JoinedStr):
                    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def _key(notebook: Notebook) -> str:
    """What the outputs depend on: the notebook, the grader, and how a card is shown."""
    shown = b"".join(file.read_bytes() for file in sorted(REPORTS.rglob("*.*")) if file.suffix != ".pyc")
    return hashlib.sha256(key_of(notebook.sha256, notebook.path.stem, TIMEOUT).encode() + shown).hexdigest()[:16]
