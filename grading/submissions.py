"""Who handed in what."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Submission:
    """One notebook that one student handed in."""

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
        return hashlib.sha256(self.notebook).hexdigest()

    @property
    def slug(self) -> str:
        """The student's name as a folder."""
        words = "".join(char if char.isascii() and char.isalnum() else "-" for char in self.student.casefold())
        return f"{words.strip('-')[:40]}-{hashlib.sha256(self.student.encode()).hexdigest()[:10]}"


@dataclass(frozen=True)
class Found:
    """What was found in a folder."""

    layout: str
    submissions: tuple[Submission, ...]
    problems: tuple[str, ...]
    students: tuple[str, ...]
