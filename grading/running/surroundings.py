"""What lies around a notebook that is run: the course's data, pages and tools, and what was handed in with it."""

import contextlib
import shutil
from pathlib import Path

from grading.files import ROOT, TOOLS

LARGEST_TOOL = 1_000_000  # bytes of a module of Python
LARGEST_COMPANION = 20_000_000  # bytes of a data file


def lay_course(folder: Path, data: Path) -> tuple[Path, ...]:
    """Copies of the data and the pages, where a student has them: `../data` and `../docs` of the notebook's folder.

    A path that was typed works as it does in JupyterLab. Copies, so that nothing done to them reaches the course.
    """
    laid = []
    for name, files in (("data", data.glob("*.csv")), ("docs", (ROOT / "docs").glob("*.md"))):
        beside = folder / name
        beside.mkdir()
        for file in files:
            shutil.copyfile(file, beside / file.name)
        laid.append(beside)
    return tuple(laid)


def copy_companions(notebook: Path, work: Path) -> frozenset[str]:
    """Data files that were handed in beside the notebook come along; other notebooks and stores do not."""
    copied = []
    for file in sorted(notebook.parent.glob("*.csv")):
        with contextlib.suppress(OSError):
            if file.is_file() and not file.is_symlink() and file.stat().st_size < LARGEST_COMPANION:
                shutil.copyfile(file, work / file.name)
                copied.append(file.name)
    return frozenset(copied)


def lay_tools(handed_in: Path, work: Path) -> list[str]:
    """The modules that the lessons import, beside the notebook; the names of those that were handed in, and changed.

    A changed one is used: students may add to them, and what counts is what was logged.
    """
    changed = []
    for name, ours in TOOLS.items():
        own = handed_in / name
        with contextlib.suppress(OSError):
            if own.is_file() and not own.is_symlink() and own.stat().st_size < LARGEST_TOOL:
                shutil.copyfile(own, work / name)
                if own.read_bytes().split() != ours.read_bytes().split():
                    changed.append(name)
                continue
        shutil.copyfile(ours, work / name)
    return changed
