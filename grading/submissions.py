"""Who handed in what (a stand-in that knows one layout: student/notebook)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grading.errors import InputError
from grading.lesson import Lesson
from grading.lessons import LESSONS


@dataclass(frozen=True)
class Submission:
    """One notebook that a student handed in."""

    student: str
    lesson: str
    file_name: str
    notebook: bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)
    origin: str = ""
    sid: str = ""
    late: bool = False

    @property
    def sha256(self) -> str:
        """The hash of what was handed in."""
        found = hashlib.sha256(hashlib.sha256(self.notebook).digest())
        for name, content in sorted(self.companions.items()):
            found.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return found.hexdigest()

    @property
    def slug(self) -> str:
        """The student's name as a folder."""
        return re.sub(r"[^a-z0-9]+", "-", self.student.lower()).strip("-")


@dataclass(frozen=True)
class Found:
    """What a folder of submissions holds."""

    layout: str
    submissions: tuple[Submission, ...]
    problems: tuple[str, ...]
    students: tuple[str, ...]


def find_submissions(path: Path, lessons: Sequence[Lesson] = LESSONS, layout: str = "auto") -> Found:  # noqa: ARG001
    """The submissions in a folder; raises InputError when there are none."""
    if not path.is_dir():
        raise InputError(f"expected a folder of submissions at {path}; found none")
    found: list[Submission] = []
    students = []
    for folder in sorted(path.iterdir()):
        students.append(folder.name)
        companions = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
        found += [
            Submission(folder.name, file.name[:5], file.name, file.read_bytes(), companions, str(file))
            for file in sorted(folder.glob("M9_*.ipynb"))
        ]
    if not found:
        raise InputError(f"expected notebooks in {path}; found none")
    return Found("student/notebook", tuple(found), (), tuple(students))
