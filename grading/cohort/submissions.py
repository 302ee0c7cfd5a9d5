"""Who handed in what: the notebooks of a class, found in folders, archives and the downloads of learning platforms."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from grading.cohort.attempts import attempts
from grading.cohort.file_tree import open_tree
from grading.cohort.layout_detection import read_layout
from grading.cohort.layouts import ARCHIVES, NOTEBOOK, Item, is_a
from grading.errors import InputError, shorten
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson

LONGEST_SLUG = 40
MOST_PROBLEMS = 12  # that are said about one student
LATIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
EXPECTED = (
    "a folder or zip archive with a folder for each student, nbgrader's submitted/, files named like "
    "anna_M9_01_mlflow_setup.ipynb, the download of all submissions from Canvas or Moodle, or GitHub Classroom's clones"
)


@dataclass(frozen=True)
class Submission:
    """One notebook that one student handed in."""

    student: str  # as the layout names the student, namesakes with their ids; never empty
    lesson: str  # "M9_01"
    file_name: str  # the lesson's own: "M9_01_mlflow_setup.ipynb"
    notebook: bytes = field(repr=False)
    companions: Mapping[str, bytes] = field(repr=False)  # *.csv handed in beside it, by name
    origin: str  # where it was found, for people: "class.zip!/kim/M9_02_….ipynb"
    sid: str = ""  # the platform's own id of the student: Canvas's user, Moodle's participant, nbgrader's student
    late: bool = False  # as Canvas says

    @property
    def sha256(self) -> str:
        """Of the notebook and its companions: when one of them changes, the submission has changed."""
        digest = hashlib.sha256()
        for part in (self.notebook, *(part for pair in sorted(self.companions.items()) for part in pair)):
            content = part.encode() if isinstance(part, str) else part
            digest.update(len(content).to_bytes(8) + content)
        return digest.hexdigest()

    @property
    def slug(self) -> str:
        """The student as the name of a folder, "anna-kovacs-1f3a5c7e90": a to z, 0 to 9 and -, at most 51 of them."""
        plain = unicodedata.normalize("NFKD", self.student.casefold().translate(LATIN))
        words = re.findall("[a-z0-9]+", "".join(char for char in plain if not unicodedata.combining(char)))
        readable = "-".join(words)[:LONGEST_SLUG].strip("-") or "student"
        return f"{readable}-{hashlib.sha256(self.student.encode()).hexdigest()[:10]}"


@dataclass(frozen=True)
class Found:
    """The submissions of a class, and what was left out."""

    layout: str
    submissions: tuple[Submission, ...]  # by student and lesson
    problems: tuple[str, ...]  # a sentence each
    students: tuple[str, ...]  # everyone, those without a notebook too


def find_submissions(path: Path, lessons: Sequence[Lesson] = LESSONS, layout: str = "auto") -> Found:
    """The newest notebook of each student for each lesson. Nothing is run, and nothing is written to disk.

    Raises InputError when there is nothing that could be a submission, and for a layout that is not known.
    """
    known = list({lesson.id: lesson for lesson in (*LESSONS, *lessons)}.values())
    with ExitStack() as stack:
        name, items = read_layout(open_tree(path, stack), known, layout)
        if not any(item.file and (item.file.refusal or is_a(item.file, NOTEBOOK, *ARCHIVES)) for item in items):
            raise InputError(f"expected {EXPECTED}; found no notebook in {path.absolute()}")
        students, problems = _students(items, name)
        submissions: list[Submission] = []
        for student in sorted(students):
            own: list[str] = []
            submissions += [
                Submission(
                    student, attempt.lesson.id, attempt.lesson.file_name, attempt.notebook, attempt.companions,
                    attempt.file.origin, attempt.item.sid, attempt.item.late,
                )
                for attempt in attempts(student, students[student], lessons, known, own)
            ]  # fmt: skip
            problems += _few(own, f"about {shorten(student)}")
    nobodys = [
        f"{shorten(item.file.origin)} is left out: {item.file.refusal or 'its name and place tell no student'}"
        for item in items
        if not item.student and item.file
    ]
    if not students:
        raise InputError(f"expected {EXPECTED}; in {path}, {nobodys[0]}")
    problems += _few(nobodys, "without a student")
    return Found(name, tuple(submissions), tuple(problems), tuple(sorted(students)))


def _few(problems: list[str], which: str) -> list[str]:
    """Not more than a person reads: an archive may hold ten thousand bad files."""
    more = len(problems) - MOST_PROBLEMS
    return problems if more <= 0 else [*problems[:MOST_PROBLEMS], f"… and {more} more {which}"]


def _students(items: list[Item], layout: str) -> tuple[dict[str, list[Item]], list[str]]:
    """Each student's items, students of one name told apart by their ids, and what a person should look at.

    Moodle counts participants anew for each assignment, so there ids are compared within one download only.
    """
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        ids[item.student, item.download if "Moodle" in layout else ""].update({item.sid} - {""})
    namesakes = {student for (student, _), sids in ids.items() if student and len(sids) > 1}
    problems = [
        f"{shorten(name)} is the name of several students: their ids tell them apart" for name in sorted(namesakes)
    ]
    students: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.student:
            name = f"{item.student} ({item.sid or 'no id'})" if item.student in namesakes else item.student
            students[name].append(item)
    folded: dict[str, list[str]] = defaultdict(list)
    for student in sorted(students):
        folded[student.casefold()].append(student)
    problems += [
        f"{shorten(' and '.join(same))} differ in capitals only, and are taken for different students"
        for same in folded.values()
        if len(same) > 1
    ]
    return students, problems
