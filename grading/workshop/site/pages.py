"""The site's source: a copy of every page, in the places they have in the repository, so that their links hold."""

import os
import re
import shutil
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from docutils.nodes import make_id  # type: ignore[import-untyped]

from grading.files import ROOT

DOCS = ROOT / "docs"
CONFIGURATION = DOCS / "site"
CONTENTS = CONFIGURATION / "contents.md"
FRONT = "README.md"
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "grading/README.md",
    "notebooks/README.md",
    "docs/**/*.md",
    "data/**/README.md",
)
PICTURES = DOCS / "pictures"
READING = re.compile(r'href="(?:\.\./)?docs/(?P<page>[^":#]+)\.md(?:#(?P<heading>[^"]*))?"')
LINK = re.compile(r"\[(?P<words>[^]]*)\]\((?P<path>[^)#:\s]+)[^)]*\)")


def lay_out(source: Path, notebooks: Iterable[tuple[Path, Any]]) -> None:
    """Write the pages, and these notebooks at their paths, to the folder `source`, made anew.

    The front page is followed by the table of contents. A file that a page links to, and that is no page, comes along;
    of a link to a folder only the words are kept, for a site has no page of it.
    """
    shutil.rmtree(source, ignore_errors=True)
    for page in (page for pattern in PAGES for page in ROOT.glob(pattern) if CONFIGURATION not in page.parents):
        text = LINK.sub(lambda link, page=page: _brought(link, page, source), page.read_text("utf-8"))  # type: ignore[misc]
        contents = "\n" + CONTENTS.read_text("utf-8") if page == ROOT / FRONT else ""
        _write(source / page.relative_to(ROOT), text + contents)
    for path, node in notebooks:
        copy, docs = nbformat.from_dict(node), os.path.relpath(DOCS, path.parent)
        for data in (output.get("data", {}) for cell in copy.cells for output in cell.get("outputs", [])):
            if "text/html" in data:
                data["text/html"] = READING.sub(lambda link, docs=docs: _read_here(link, docs), data["text/html"])  # type: ignore[misc]
        _write(source / path.relative_to(ROOT), nbformat.writes(copy))


def _brought(link: re.Match[str], page: Path, source: Path) -> str:
    """The link as the site has it, with the file it leads to copied when that is no page."""
    linked = (page.parent / link["path"]).resolve()
    if linked.is_dir():
        return link["words"]
    if linked.is_file() and linked.suffix not in (".md", ".ipynb"):
        target = source / linked.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(linked, target)
    return link[0]


def _read_here(link: re.Match[str], docs: str) -> str:
    """A card's link to a section of a page, which JupyterLab finds by its heading, as it is in the site."""
    heading = f"#{make_id(unescape(unquote(link['heading'])))}" if link["heading"] else ""
    return f'href="{docs}/{link["page"]}.html{heading}"'


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
