"""How submissions lie in a folder or archive: whose each file is, as learning platforms and people arrange them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from grading.errors import ArchiveError, InputError
from grading.file_names import SEPARATORS, TEMPLATE_NAME, lessons_named, student_in, without_lesson
from grading.file_tree import File, Folder
from grading.lesson import Lesson

NOTEBOOK = ".ipynb"
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # only the first is read
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


def read_layout(root: Folder, lessons: Sequence[Lesson], layout: str = "auto") -> tuple[str, list[Item]]:
    """The layout's name, and whose each file is; raises InputError for a layout that is not known."""
    if layout == "auto":
        found = [(name, _read(name, folder, lessons)) for name, folder in _detect(root, lessons)]
        names = dict.fromkeys(name for name, items in found if any(item.student for item in items))
        return " and ".join(names), [item for _, items in found for item in items]
    for name in LAYOUTS:
        if name.casefold() == layout.casefold():
            return name, _read(name, root, lessons)
    raise InputError(f"expected the layout auto, {', '.join(LAYOUTS)}; found {layout!r}")


def _read(name: str, folder: Folder, lessons: Sequence[Lesson]) -> list[Item]:
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
        stem, dot, _ = file.name.partition(".")
        if is_a(file, *ARCHIVES) or (file.refusal and not dot and "/" not in stem):  # damaged, or a link
            yield Item(_student(without_lesson(stem, lessons)), file, file.name)


def _nbgrader(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """submitted/<student>/<assignment>/<notebook>, with the time of submission in timestamp.txt."""
    for student in folder.folders.values():
        owner = Item(_student(student.title), None, sid=student.title)
        yield from _everything(replace(student, folders={}), owner)
        for assignment in student.folders.values():
            when = _timestamp(assignment)
            for item in _everything(assignment, owner):
                yield replace(item, file=replace(item.file, time=when)) if item.file and when else item


def _flat(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Item]:
    """One folder of files, with the student before or after the lesson's name; data files bear the student's name."""
    notebooks = [file for file in _notebooks(folder.files) if not file.name.startswith(TEMPLATE_NAME)]
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
    prefix = _prefix(folder)
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


# Which layout it is


def _detect(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[tuple[str, Folder]]:
    """The downloads in a folder with their layouts: often the folder itself, or one for each assignment."""
    if name := _telltale(folder):
        yield name, folder
        return
    full = [inner for inner in folder.folders.values() if inner.holds(NOTEBOOK, *ARCHIVES)]
    loose = _notebooks(folder.files)
    downloads = [inner for inner in full if _is_download(inner, lessons)]
    if len(downloads) < len(full) and not any(_is_class(inner, lessons) for inner in downloads):
        downloads = []  # a student's own folder may look like one
    if len(full) == 1 and not loose and _is_class(full[0], lessons):
        downloads = full
    for inner in downloads:
        yield from _detect(inner, lessons)
    rest = replace(folder, folders={inner.name: inner for inner in folder.folders.values() if inner not in downloads})
    if not downloads or loose or len(full) > len(downloads):
        yield ("flat" if len(loose) > len(full) else "student/notebook"), rest


def _telltale(folder: Folder) -> str:
    """The name of a layout that leaves no doubt."""
    names = [entry.name for entry in folder.entries]
    if any(MOODLE.fullmatch(name) for name in names):
        return "Moodle"
    handed_in = [name for name in names if name.lower().endswith((NOTEBOOK, *ARCHIVES))]
    if handed_in and 2 * sum(bool(CANVAS.fullmatch(name)) for name in handed_in) >= len(handed_in):
        return "Canvas"
    submitted = folder if folder.title == "submitted" else folder.folders.get("submitted")
    assignments = [inner for student in folder.folders.values() for inner in student.folders.values()]
    if (submitted and submitted.folders) or any(map(_timestamp, assignments)):
        return "nbgrader"
    return "GitHub Classroom" if _prefix(folder) else ""


def _is_download(folder: Folder, lessons: Sequence[Lesson]) -> bool:
    """Whether this is one assignment of a class: in a platform's layout, or named after a lesson, not a student."""
    if _telltale(folder):
        return True
    named = bool(lessons_named(folder.title, lessons))
    return named and (not student_in(folder.title, lessons) or _is_class(folder, lessons))


def _is_class(folder: Folder, lessons: Sequence[Lesson]) -> bool:
    """Whether a folder is a class's rather than one student's: a lesson comes twice, from different students."""
    layout = _telltale(folder)
    if not layout:
        named = any(
            student_in(file.stem, lessons) for file in _notebooks(folder.files) if lessons_named(file.name, lessons)
        )
        layout = "flat" if named else "student/notebook"
    handed_in = {
        (item.student, lesson.id)
        for item in _read(layout, folder, lessons)
        if item.student and item.file and is_a(item.file, NOTEBOOK)
        for lesson in lessons_named(item.name, lessons)
    }
    return len(handed_in) > len({lesson for _, lesson in handed_in})


def _prefix(folder: Folder) -> str:
    """What the clones' names begin with: the assignment's name; "" when these are no clones of one assignment."""
    inner = list(folder.folders.values())
    if folder.title.endswith("-submissions"):
        prefix = folder.title.removesuffix("submissions")
        return prefix if any(clone.title.startswith(prefix) for clone in inner) else ""
    titles = [clone.title.split("-")[:-1] for clone in inner if clone.clone]
    shared = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*titles, strict=False))]
    return "-".join((*shared, "")) if len(titles) > 1 else ""


# Whose a file is


def is_a(file: File, *suffixes: str) -> bool:
    """Whether a file's name ends like this, in capitals or not."""
    return file.name.lower().endswith(suffixes)


def _notebooks(files: Iterable[File]) -> list[File]:
    return [file for file in files if is_a(file, NOTEBOOK)]


def _everything(folder: Folder, owner: Item) -> Iterator[Item]:
    """All files of a folder as their owner's; the owner at least."""
    yield owner
    for file in folder.walk():
        yield replace(owner, file=file, name=file.name)


def _student(name: str) -> str:
    return name.strip() or repr(name)


def _timestamp(folder: Folder) -> tuple[int, ...]:
    """The time in nbgrader's timestamp.txt; () when there is none."""
    for file in folder.files:
        if file.name == "timestamp.txt" and file.size < LONGEST_TIMESTAMP:
            try:
                match = TIMESTAMP.match(file.read())
            except ArchiveError:
                return ()
            return tuple(map(int, match.groups())) if match else ()
    return ()
