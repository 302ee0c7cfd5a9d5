"""Who handed in what: the notebooks of a class, found in folders, archives and the downloads of learning platforms."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from grading.cohort.archive_names import SPECIFIED, in_words, read_encoding
from grading.cohort.attempts import attempts
from grading.cohort.file_tree import Folder, open_tree
from grading.cohort.items import ARCHIVES, NOTEBOOK, Item, is_a
from grading.cohort.layout_detection import read_layout
from grading.cohort.student_names import doubt, earlier_name
from grading.errors import InputError, shorten
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson

LONGEST_SLUG = 40
MADE_BY_PEOPLE = ("student/notebook", "flat")  # layouts whose names are people's own
MOST_PROBLEMS = 12  # that are said about one student
LATIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
EXPECTED = (
    "a folder or zip archive with a folder for each student, nbgrader's submitted/, files named like "
    "anna_M9_01_mlflow_setup.ipynb, the download of all submissions from Canvas, Moodle, Brightspace, Blackboard, "
    "Gradescope or Teams, or GitHub Classroom's clones"
)


@dataclass(frozen=True)
class Submission:
    """One notebook that one student handed in."""

    student: str  # as the layout names the student, namesakes with their ids; never empty
    lesson: str  # "M9_01"
    file_name: str  # the lesson's own: "M9_01_mlflow_setup.ipynb"
    notebook: bytes = field(repr=False)
    companions: Mapping[str, bytes] = field(repr=False)  # data and modules handed in beside it, by name
    origin: str  # where it was found, for people: "class.zip!/kim/M9_02_….ipynb"
    sid: str = ""  # the platform's own id of the student: Canvas's user, Moodle's participant, nbgrader's student
    late: bool = False  # as Canvas says, or a folder named late
    platform: str = ""  # whose id that is: "Canvas"

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
class Identity:
    """How a student is known to the platform that the hand-in came from."""

    platform: str = ""  # the layout: "Canvas"
    sid: str = ""


@dataclass(frozen=True)
class Found:
    """The submissions of a class, and what was left out."""

    layout: str
    submissions: tuple[Submission, ...]  # by student and lesson
    problems: tuple[str, ...]  # a sentence each
    students: tuple[str, ...]  # everyone, those without a notebook too
    identities: Mapping[str, Identity] = field(default_factory=dict)  # by student


def find_submissions(
    path: Path, lessons: Sequence[Lesson] = LESSONS, layout: str = "auto", encoding: str = "auto"
) -> Found:
    """The newest notebook of each student for each lesson. Nothing is run, and nothing is written to disk.

    `encoding` is that of the names in zip archives which do not say it; "auto" finds it out. Raises InputError when
    there is nothing that could be a submission, and for a layout or an encoding that is not known.
    """
    said = read_encoding(encoding)
    known = list({lesson.id: lesson for lesson in (*LESSONS, *lessons)}.values())
    with ExitStack() as stack:
        tree = open_tree(path, stack, said)
        name, items = read_layout(tree, known, layout)
        if not any(item.file and (item.file.refusal or is_a(item.file, NOTEBOOK, *ARCHIVES)) for item in items):
            raise InputError(f"expected {EXPECTED}; found no notebook in {path.absolute()}")
        students, problems = _students(items)
        problems = [*([] if said else _encodings(tree)), *problems]
        submissions: list[Submission] = []
        for student in sorted(students):
            own: list[str] = []
            submissions += [
                Submission(
                    student, attempt.lesson.id, attempt.lesson.file_name, attempt.notebook, attempt.companions,
                    attempt.file.origin, attempt.item.sid, attempt.item.late,
                    attempt.item.platform,
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
    identities = {student: _identity(own) for student, own in students.items()}
    return Found(name, tuple(submissions), tuple(problems), tuple(sorted(students)), identities)


def _few(problems: list[str], which: str) -> list[str]:
    """Not more than a person reads: an archive may hold ten thousand bad files."""
    more = len(problems) - MOST_PROBLEMS
    return problems if more <= 0 else [*problems[:MOST_PROBLEMS], f"… and {more} more {which}"]


def _encodings(tree: Folder) -> Iterator[str]:
    """How names were read in archives that do not say it, a sentence an encoding: it is a guess, if a good one."""
    guessed: dict[str, list[str]] = defaultdict(list)
    for archive in tree.archives():
        names = [name for name in archive.names() if not name.isascii()]
        if names and archive.encoding not in ("utf-8", SPECIFIED):
            guessed[archive.encoding].append(
                f"{archive.origin.removesuffix('!/')} are read as {in_words(archive.encoding)}, such as {names[0]}"
            )
    for first, *others in guessed.values():
        more = f"; so are those of {len(others)} more" if others else ""
        yield f"the names in {shorten(first)}{more}. When they look wrong, say --encoding"


def _identity(items: Sequence[Item]) -> Identity:
    """How a platform knows a student, of all that was found: an id belongs to the platform that gave it."""
    first = next((item for item in items if item.sid), items[0])
    return Identity(first.platform, first.sid)


def _students(items: list[Item]) -> tuple[dict[str, list[Item]], list[str]]:
    """Each student's items, students of one name told apart by their ids, and what a person should look at.

    Moodle counts participants anew for each assignment, so there ids are compared within one download only.
    """
    items, problems = _uploads(items)
    problems += _folders_of_others(items)
    ids: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for item in items:
        download = item.download if item.platform == "Moodle" else ""
        ids[item.student, item.platform, download].update({item.sid} - {""})
    namesakes = {student for (student, _, _), sids in ids.items() if student and len(sids) > 1}
    problems += [
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


def _folders_of_others(items: list[Item]) -> Iterator[str]:
    """Which folder, taken for a student's, has others' names on folders in it: a person may have collected them."""
    names = {item.student for item in items}
    inside: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.file and item.platform == "student/notebook":
            inside[item.student].update(names.intersection(item.file.folder.split("/")) - {item.student, ""})
    for student, others in sorted(inside.items()):
        if student and others:
            yield (
                f"{shorten(student)} has folders with the names of others in it, {shorten(sorted(others)[0])}: when it "
                "is no student's, name it late"
            )


def _uploads(items: list[Item]) -> tuple[list[Item], list[str]]:
    """The items, second uploads as the same student's; and which names no student has."""
    names = {item.student for item in items} - {""}
    own = {item.student for item in items if item.platform in MADE_BY_PEOPLE} - {""}
    again = {name: earlier for name in sorted(own) if (earlier := earlier_name(name, names))}
    problems = [f"{shorten(name)} is taken for a second upload of {shorten(who)}" for name, who in again.items()]
    for name in sorted(names - set(again)):
        if (what := doubt(name)) == "garbled":
            problems.append(
                f"{shorten(name)} looks garbled: grade the zip archive as it was downloaded, not unpacked, and say "
                "--encoding if it still does"
            )
        elif what:
            problems.append(
                f"{shorten(name)} looks like {what}, not like a student: name the folder or file after the student, "
                "or say --layout"
            )
    return [replace(item, student=again.get(item.student, item.student)) for item in items], problems
