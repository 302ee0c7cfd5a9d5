"""A notebook as a file: its name, its cells by id, an overlay of solutions, and its conformance to the template."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grading.errors import NotebookError, shorten
from grading.running.notebook_repair import repaired, text_of
from grading.running.prose import words_read

NAME = re.compile(r"^(M9_(\d{2}))_([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\.ipynb$")
CONVENTION = "M9_{number}_{description}.ipynb, for example M9_01_mlflow_setup.ipynb"
HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a pair of characters that stand for one
KEPT_OUTPUT = "nbval-check-output"
TAGS = frozenset({"parameters", "exercise", "check", KEPT_OUTPUT})
LARGEST_NOTEBOOK = 50_000_000  # bytes
LONGEST_CODE, LONGEST_PROSE = 10, 90  # lines, words that are read through
CELLS = range(35, 131)  # of a lesson
LANGUAGES = frozenset({"python", "ipython", "python3", ""})


@dataclass(frozen=True)
class Notebook:
    """A notebook that was read and can be run as Python."""

    path: Path
    node: Any  # nbformat's NotebookNode, version 4
    sha256: str
    notes: tuple[str, ...] = ()  # what a person should know: it was converted, it named no kernel

    @property
    def cells(self) -> dict[str, Any]:
        """The cells by id."""
        return {cell.get("id", ""): cell for cell in self.node.cells}


def lesson_id(path: Path) -> str:
    """The lesson that a notebook's name says: M9_01; raises NotebookError with the convention for a wrong name."""
    match = re.match(r"^(M9_\d{2})_.+\.ipynb$", path.name)
    if not match:
        raise NotebookError(f"expected a name like {CONVENTION}; found {path.name!r}. Rename it, or say --lesson M9_01")
    return match[1]


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file; raises NotebookError, in one sentence, when it is not one that runs as Python."""
    if not path.exists():
        raise NotebookError(f"expected a notebook at {path.absolute()}; found no file")
    if path.is_dir():
        raise NotebookError(f"expected a notebook at {path.absolute()}; found a folder: name the .ipynb files in it")
    try:
        if path.stat().st_size > LARGEST_NOTEBOOK:
            raise NotebookError(f"expected a notebook of at most 50 MB; {path.name} is larger: clear its outputs")
        raw = path.read_bytes()
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror or error}") from None
    if not raw.strip():
        raise NotebookError(f"{path.name} is an empty file: was it saved?")
    try:
        node, notes = _parse(text_of(raw))
    except NotebookError as error:
        raise NotebookError(f"{path.name}: {error}") from None
    except Exception as error:  # nbformat raises many kinds, all of them the file's fault
        reason = shorten(error, 200)
        raise NotebookError(f"{path.name} is not a notebook (JSON, nbformat 4): {reason}") from None
    language = _language(node)
    if language.lower() not in LANGUAGES:
        raise NotebookError(f"{path.name} is written in {language}; this module grades Python notebooks")
    if "kernelspec" not in node.metadata:
        notes += ("the notebook names no kernel: run as Python",)
    return Notebook(path, node, hashlib.sha256(raw).hexdigest(), notes)


def overlay(node: Any, sources: Mapping[str, str]) -> Any:
    """A copy of the notebook with these sources in the cells of these ids; an unknown id raises NotebookError."""
    copy = nbformat.from_dict(node)
    copy.cells = [nbformat.from_dict(cell) for cell in node.cells]
    by_id = {cell.get("id"): cell for cell in copy.cells}
    for id, source in sources.items():
        if id not in by_id:
            raise NotebookError(f"expected a cell with the id {id!r}; found {', '.join(map(str, by_id))}")
        by_id[id]["source"] = source
    return copy


def deviations(node: Any, *, lesson: bool = True) -> Iterator[str]:
    """Where a notebook departs from the template's anatomy; `lesson=False` leaves out the number of cells."""
    if (node.nbformat, node.nbformat_minor) != (4, 5):
        yield f"nbformat is {node.nbformat}.{node.nbformat_minor}, expected 4.5"
    if node.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "kernelspec is not python3"
    ids = [cell.get("id", "") for cell in node.cells]
    yield from _missing_ids(ids)
    if lesson and len(ids) not in CELLS:
        yield f"{len(ids)} cells, expected {CELLS.start} to {CELLS.stop - 1}"
    for cell in node.cells:
        yield from _cell_deviations(cell)


def _missing_ids(ids: list[str]) -> Iterator[str]:
    expected = ["title", "parameters", "setup"]
    for number in range(1, 5):
        expected += [f"task{number}", f"task{number}-task", f"task{number}-work", f"task{number}-check"]
    expected += ["document", "document-work", "checklist", "recap", "next"]
    found = [id for id in ids if id in expected]
    if found != expected:
        yield f"expected cells {', '.join(expected)} in this order; found {', '.join(found)}"
    if len(set(ids)) != len(ids):
        yield "two cells have the same id"


def _cell_deviations(cell: Any) -> Iterator[str]:
    id, tags = cell.get("id", ""), set(cell.metadata.get("tags", []))
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id) or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", id):
        yield f"cell {id!r}: an id is words chosen by a person, such as task2-learn-metrics"
    if unknown := tags - TAGS:
        yield f"cell {id!r}: unknown tags {', '.join(sorted(unknown))}"
    for suffix, tag in (("-work", "exercise"), ("-check", "check")):
        if id.endswith(suffix) != (tag in tags):
            yield f"cell {id!r}: cells named …{suffix}, and only they, carry the tag {tag}"
    if (id == "parameters") != ("parameters" in tags):
        yield f"cell {id!r}: the cell `parameters`, and only it, carries the tag parameters"
    if cell.cell_type == "code":
        if len(cell.source.splitlines()) > LONGEST_CODE:
            yield f"cell {id!r}: {len(cell.source.splitlines())} lines of code, at most {LONGEST_CODE}"
        if cell.outputs and KEPT_OUTPUT not in tags:
            yield f"cell {id!r}: carries output without the tag {KEPT_OUTPUT}"
        if cell.execution_count is not None and KEPT_OUTPUT not in tags:
            yield f"cell {id!r}: carries an execution count"
        if "exercise" in tags and "# TODO" not in cell.source:
            yield f"cell {id!r}: an exercise says what to do in a comment # TODO"
    elif words_read(cell.source) > LONGEST_PROSE:
        yield f"cell {id!r}: {words_read(cell.source)} words, at most {LONGEST_PROSE}"


def _parse(text: str) -> tuple[Any, tuple[str, ...]]:
    if HALF.search(text):  # an editor cut an emoji in two: nothing can be written with it
        text = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    whole, notes = repaired(json.loads(text))
    text = json.dumps(whole) if notes else text
    version = nbformat.reader.get_version(nbformat.reader.parse_json(text))
    node = nbformat.reads(text, as_version=4)
    if not isinstance(node.get("cells"), list):
        raise NotebookError("the file has no cells")
    if version[0] < 4:
        return node, (f"converted from nbformat {version[0]}: open it in JupyterLab and save it",)
    return node, notes


def _language(node: Any) -> str:
    metadata = node.metadata
    spec, info = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    return str(spec.get("language") or info.get("name") or "")
