"""The files of a small class, written to a disk or packed, and what was found of them."""

import io
import json
import zipfile
from pathlib import Path

from grading.cohort.submissions import Found
from grading.lessons import LESSONS

ONE, TWO, THREE, FOUR = (lesson.file_name for lesson in LESSONS)
Files = dict[str, bytes]


def notebook(text: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": [text]}], "metadata": {}, "nbformat": 4}).encode()


# A class: anna handed in two lessons and a data file, Łukasz one, 李小龍 one.
NAMES = ("Anna O'Brien", "Łukasz Żak", "李小龍")
WORK: dict[str, Files] = {
    NAMES[0]: {ONE: notebook("anna 1"), TWO: notebook("anna 2"), "own.csv": b"x\n1\n"},
    NAMES[1]: {ONE: notebook("łukasz 1")},
    NAMES[2]: {FOUR: notebook("李 4")},
}


def lay(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def packed(files: Files) -> bytes:
    """A zip archive of these files, each a day newer than the one before."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for day, (name, data) in enumerate(files.items(), start=1):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, day, 0, 0, 0)), data)
    return content.getvalue()


def packed_in(encoding: str, files: Files, extra: bytes = b"") -> bytes:
    """A zip archive as old tools make it: names in a code page, no flag that says which, and fields of their own."""

    class Entry(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's own name
            return self.filename.encode(encoding), self.flag_bits & ~0x800

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            entry = Entry(name, (2026, 1, 1, 0, 0, 0))
            entry.extra = extra
            archive.writestr(entry, data)
    return content.getvalue()


def by_students(found: Found) -> dict[str, Files]:
    """What was found, as WORK is written."""
    work: dict[str, Files] = {}
    for one in found.submissions:
        work.setdefault(one.student, {})[one.file_name] = one.notebook
        work[one.student] |= one.companions
    return work


def taken(found: Found) -> list[tuple[str, str]]:
    return [(one.student, one.origin) for one in found.submissions]
