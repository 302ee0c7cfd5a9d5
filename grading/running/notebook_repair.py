"""Notebook files that other tools wrote a little wrong: what can only mean one thing is put right, at the door."""

import codecs
import re
from typing import Any

from grading.errors import NotebookError
from grading.running.cell_names import stand_in_id

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # the longer mark first, where one begins with another
CONFLICT = re.compile(r"^(<<<<<<< |>>>>>>> )", re.MULTILINE)


def text_of(raw: bytes) -> str:
    """The file as text, by its byte order mark or else as UTF-8; raises NotebookError for Git's conflict markers."""
    encoding = next((name for mark, name in BOMS if raw.startswith(mark)), "utf-8")
    text = raw.decode(encoding)
    if CONFLICT.search(text):
        raise NotebookError(
            "the file holds both sides of a Git merge, between lines of <<<<<<< and >>>>>>>: "
            "choose one side, and save the notebook in JupyterLab"
        )
    return text


def repaired(notebook: Any) -> tuple[Any, tuple[str, ...]]:
    """A notebook of nbformat 4 with what tools leave out or write in another form, and a note when it was changed.

    `notebook`: what was JSON. Anything that is no notebook comes back as it is.
    """
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list) or notebook.get("nbformat") != 4:
        return notebook, ()
    metadata = _mapping(notebook.get("metadata"))
    kernel = metadata.get("kernelspec")
    if isinstance(kernel, str):
        metadata = {**metadata, "kernelspec": {"name": kernel, "display_name": kernel}}
    minor = notebook.get("nbformat_minor", 4)
    with_ids = isinstance(minor, int) and minor >= 5
    cells = [
        _cell(cell, stand_in_id(number) if with_ids else "") if isinstance(cell, dict) else cell
        for number, cell in enumerate(notebook["cells"], start=1)
    ]
    whole = {"nbformat_minor": 4, **notebook, "metadata": metadata, "cells": cells}
    return whole, (
        "repaired: parts that every notebook has were missing or in another form",
    ) if whole != notebook else ()


def _cell(cell: dict[str, Any], id: str) -> dict[str, Any]:
    kind = cell.get("cell_type") or ("code" if {"outputs", "execution_count"} & cell.keys() else "markdown")
    metadata = _mapping(cell.get("metadata"))
    if "tags" in metadata and not isinstance(metadata["tags"], list):
        metadata = {name: value for name, value in metadata.items() if name != "tags"}
    whole = {**cell, "cell_type": kind, "metadata": metadata, "source": cell.get("source") or ""}
    if id and "id" not in cell:
        whole["id"] = id
    if kind == "code":
        outputs = cell.get("outputs")
        whole["outputs"] = outputs if isinstance(outputs, list) else []
        whole["execution_count"] = cell.get("execution_count")
    return whole


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
