"""How submissions lie in a folder or archive: whose each file is, as learning platforms and people arrange them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from grading.cohort import downloads
from grading.cohort.file_names import SEPARATORS, TEMPLATE_NAME, student_in, without_lesson
from grading.cohort.file_tree import Folder
from grading.cohort.items import (
    ARCHIVES,
    COMPANIONS,
    NOTEBOOK,
    Item,
    everything,
    is_a,
    notebooks_of,
    student_of,
    uploaded,
)
from grading.errors import ArchiveError
from grading.marking.lesson import Lesson

ARCHIVE = re.compile(r"(?:\.tar)?\.\w+$", re.IGNORECASE)
NO_STUDENT = re.compile(r"/|\.\w{2,5}$")  # a path, or a file rather than a folder
TIMESTAMP = re.compile(rb"\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)")
LONGEST_TIMESTAMP = 1000  # bytes
WITHIN = {"nbgrader": "submitted", "Teams": downloads.TEAMS}  # the folder that counts, others lie beside it
Reader = Callable[[Folder, Sequence[Lesson]], Iterator[Item]]


def read_as(name: str, folder: Folder, lessons: Sequence[Lesson]) -> list[Item]:
    """Every file that is somebody's, and the notebooks and archives that are nobody's."""
    if name in WITHIN:
        folder = folder.folders.get(WITHIN[name], folder)
    items = list(LAYOUTS[name](folder, lessons))
    owned = {item.file.origin for item in items if item.file}
    rest = [file for file in folder.walk() if file.origin not in owned]
    items += [Item("", file, file.name) for file in rest if file.refusal or is_a(file, NOTEBOOK, *ARCHIVES)]
    return [replace(item, download=folder.origin, platform=name) for item in items]


# One function a layout


def _students(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Item]:
    """student/notebook: a folder, or an archive, for each student."""
    for inner in folder.folders.values():
        yield from everything(inner, Item(student_of(without_lesson(inner.title, lessons)), None))
    for file in folder.files:
        title = ARCHIVE.sub("", file.name) if is_a(file, *ARCHIVES) else file.name
        if title != file.name or (file.refusal and not NO_STUDENT.search(file.name)):  # damaged, or a link
            yield Item(student_of(without_lesson(title, lessons)), file, file.name)


def _nbgrader(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """submitted/<student>/<assignment>/<notebook>, with the time of submission in timestamp.txt."""
    for student in folder.folders.values():
        owner = Item(student_of(student.title), None, sid=student.title)
        yield from everything(replace(student, folders={}), owner)
        for assignment in student.folders.values():
            when = timestamp(assignment)
            for item in everything(assignment, owner):
                yield uploaded(item, when)


def _flat(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Item]:
    """One folder of files, with the student before or after the lesson's name; before it in a companion's name."""
    notebooks = [file for file in notebooks_of(folder.files) if not file.name.startswith(TEMPLATE_NAME)]
    notebooks = [file for file in notebooks if "/" not in file.name]  # part of a path that was refused
    named = [(student_in(file.stem, lessons), file) for file in notebooks]
    for student, file in named:
        if student:
            yield Item(student, file, file.name)
    students = sorted({student for student, _ in named if student}, key=len, reverse=True)
    for file in folder.files:
        if is_a(file, *COMPANIONS):
            for student in students:
                if file.name.startswith(tuple(student + separator for separator in SEPARATORS)):
                    yield Item(student, file, file.name[len(student) + 1 :])
                    break


def _classroom(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """GitHub Classroom: <assignment>-submissions/<assignment>-<user>, each a clone."""
    prefix = clone_prefix(folder)
    for clone in folder.folders.values():
        yield from everything(clone, Item(student_of(clone.title.removeprefix(prefix)), None))


LAYOUTS: dict[str, Reader] = {
    "student/notebook": _students,
    "nbgrader": _nbgrader,
    "flat": _flat,
    "Canvas": downloads.canvas,
    "Moodle": downloads.moodle,
    "Brightspace": downloads.brightspace,
    "Blackboard": downloads.blackboard,
    "Gradescope": downloads.gradescope,
    "Teams": downloads.teams,
    "GitHub Classroom": _classroom,
}


def clone_prefix(folder: Folder) -> str:
    """What the clones' names begin with: the assignment's name; "" when these are no clones of one assignment."""
    inner = list(folder.folders.values())
    if folder.title.endswith("-submissions"):
        prefix = folder.title.removesuffix("submissions")
        return prefix if any(clone.title.startswith(prefix) for clone in inner) else ""
    titles = [clone.title.split("-")[:-1] for clone in inner if clone.clone]
    if 2 * len(titles) <= max(len(inner), 2):
        return ""
    shared = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*titles, strict=False))]
    return "-".join((*shared, ""))


def timestamp(folder: Folder) -> tuple[int, ...]:
    """The time in nbgrader's timestamp.txt; () when there is none."""
    for file in folder.files:
        if file.name == "timestamp.txt" and file.size < LONGEST_TIMESTAMP:
            try:
                match = TIMESTAMP.match(file.read())
            except ArchiveError:
                return ()
            return tuple(map(int, match.groups())) if match else ()
    return ()
