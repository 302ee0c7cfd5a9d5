"""How submissions lie in a folder or archive: whose each file is, as learning platforms and people arrange them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from grading.cohort.file_names import SEPARATORS, TEMPLATE_NAME, student_in, without_lesson
from grading.cohort.file_tree import File, Folder
from grading.errors import ArchiveError
from grading.marking.lesson import Lesson

NOTEBOOK = ".ipynb"
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # only the first is read
ARCHIVE = re.compile(r"(?:\.tar)?\.\w+$", re.IGNORECASE)
NO_STUDENT = re.compile(r"/|\.\w{2,5}$")  # a path, or a file rather than a folder
# Canvas joins name, LATE, the user's id and the id of the file, which rises with each upload. No name holds _digits_.
CANVAS = re.compile(
    r"(?:(?=(?:LATE_)?anon_)|(?P<name>.+?)_)(?P<late>LATE_)?(?:anon_(?P<anonymous>[A-Za-z0-9]+)|(?P<sid>[1-9]\d*))"
    r"_(?:(?P<number>[1-9]\d*)_(?P<file>.+)|(?:text|link)\.html)"
)
MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<sid>\d+))?_assignsubmission_[a-z]+_?(?P<file>.*)")
TIMESTAMP = re.compile(rb"\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)")
LONGEST_TIMESTAMP = 1000  # bytes


@dataclass(frozen=True)
class Item:
    """A file, and who handed it in; without a student, nobody's; without a file, only the student is known."""

    student: str
    file: File | None
    name: str = ""  # what the student called the file
    sid: str = ""
    late: bool = False
    number: int = 0  # rises with each upload, where the platform counts them
    download: str = ""  # the download it came in; within one, ids tell namesakes apart


Reader = Callable[[Folder, Sequence[Lesson]], Iterator[Item]]


def read_as(name: str, folder: Folder, lessons: Sequence[Lesson]) -> list[Item]:
    """Every file that is somebody's, and the notebooks and archives that are nobody's."""
    if name == "nbgrader":
        folder = folder.folders.get("submitted", folder)
    items = list(LAYOUTS[name](folder, lessons))
    owned = {item.file.origin for item in items if item.file}
    rest = [file for file in folder.walk() if file.origin not in owned]
    items += [Item("", file, file.name) for file in rest if file.refusal or is_a(file, NOTEBOOK, *ARCHIVES)]
    return [replace(item, download=folder.origin) for item in items]


# One function a layout


def _students(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Item]:
    """student/notebook: a folder, or an archive, for each student."""
    for inner in folder.folders.values():
        yield from _everything(inner, Item(_student(without_lesson(inner.title, lessons)), None))
    for file in folder.files:
        title = ARCHIVE.sub("", file.name) if is_a(file, *ARCHIVES) else file.name
        if title != file.name or (file.refusal and not NO_STUDENT.search(file.name)):  # damaged, or a link
            yield Item(_student(without_lesson(title, lessons)), file, file.name)


def _nbgrader(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """submitted/<student>/<assignment>/<notebook>, with the time of submission in timestamp.txt."""
    for student in folder.folders.values():
        owner = Item(_student(student.title), None, sid=student.title)
        yield from _everything(replace(student, folders={}), owner)
        for assignment in student.folders.values():
            when = timestamp(assignment)
            for item in _everything(assignment, owner):
                yield replace(item, file=replace(item.file, time=when)) if item.file and when else item


def _flat(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Item]:
    """One folder of files, with the student before or after the lesson's name; data files bear the student's name."""
    notebooks = [file for file in notebooks_of(folder.files) if not file.name.startswith(TEMPLATE_NAME)]
    named = [(student_in(file.stem, lessons), file) for file in notebooks]
    for student, file in named:
        if student:
            yield Item(student, file, file.name)
    students = sorted({student for student, _ in named if student}, key=len, reverse=True)
    for file in folder.files:
        if is_a(file, ".csv"):
            for student in students:
                if file.name.startswith(tuple(student + separator for separator in SEPARATORS)):
                    yield Item(student, file, file.name[len(student) + 1 :])
                    break


def _canvas(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Canvas's "Download submissions": all files of all students, with prefixes."""
    return _prefixed(folder, CANVAS)


def _moodle(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Moodle's "Download all submissions", in folders or with prefixes."""
    return _prefixed(folder, MOODLE)


def _prefixed(folder: Folder, pattern: re.Pattern[str]) -> Iterator[Item]:
    for entry in folder.entries:
        match = pattern.fullmatch(entry.name)
        if not match:
            continue
        part = match.groupdict("")
        sid = part["sid"] or part.get("anonymous", "")
        owner = Item(_student(part["name"] or f"anon_{sid}"), None, sid=sid)
        owner = replace(owner, late=bool(part.get("late")), number=int(part.get("number") or 0))
        if isinstance(entry, Folder):
            yield from _everything(entry, owner)
        else:
            yield replace(owner, file=entry, name=part["file"] or entry.name)


def _classroom(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """GitHub Classroom: <assignment>-submissions/<assignment>-<user>, each a clone."""
    prefix = clone_prefix(folder)
    for clone in folder.folders.values():
        yield from _everything(clone, Item(_student(clone.title.removeprefix(prefix)), None))


LAYOUTS: dict[str, Reader] = {
    "student/notebook": _students,
    "nbgrader": _nbgrader,
    "flat": _flat,
    "Canvas": _canvas,
    "Moodle": _moodle,
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


# Whose a file is


def is_a(file: File, *suffixes: str) -> bool:
    """Whether a file's name ends like this, in capitals or not."""
    return file.name.lower().endswith(suffixes)


def notebooks_of(files: Iterable[File]) -> list[File]:
    """Those of the files that are notebooks by their names."""
    return [file for file in files if is_a(file, NOTEBOOK)]


def _everything(folder: Folder, owner: Item) -> Iterator[Item]:
    """All files of a folder as their owner's; the owner at least."""
    yield owner
    for file in folder.walk():
        yield replace(owner, file=file, name=file.name)


def _student(name: str) -> str:
    return name.strip() or repr(name)


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
