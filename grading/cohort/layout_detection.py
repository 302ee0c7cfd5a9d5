"""Which layout a folder of submissions has: one that leaves no doubt, or several downloads, or what people make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grading.cohort import downloads as platforms
from grading.cohort.file_names import SET_ASIDE, lessons_named, student_in, without_lesson
from grading.cohort.file_tree import File, Folder
from grading.cohort.items import ARCHIVES, COMPANIONS, NOTEBOOK, Item, is_a, notebooks_of
from grading.cohort.layouts import LAYOUTS, clone_prefix, read_as, timestamp
from grading.errors import InputError, shorten
from grading.marking.lesson import Lesson

# A student must not hand in for others.
SEVERAL = "it looks like the work of several students: if it is a download, grade it on its own"


def read_layout(root: Folder, lessons: Sequence[Lesson], layout: str = "auto") -> tuple[str, list[Item]]:
    """The layout's name, and whose each file is; raises InputError for a layout that is not known."""
    if layout == "auto":
        found = [(part.layout, part.items(lessons)) for part in _detect(root, lessons)]
        names = dict.fromkeys(name for name, items in found if any(item.student for item in items))
        return " and ".join(names), [item for _, items in found for item in items]
    for name in LAYOUTS:
        if name.casefold() == layout.casefold():
            return name, read_as(name, root, lessons)
    raise InputError(f"expected the layout auto, {', '.join(LAYOUTS)}; found {layout!r}")


@dataclass(frozen=True)
class Part:
    """A folder, or some of one, that lies in one layout."""

    layout: str
    folder: Folder
    late: bool = False  # a person set it aside in a folder of that name

    def items(self, lessons: Sequence[Lesson]) -> list[Item]:
        """Whose each of its files is."""
        items = read_as(self.layout, self.folder, lessons)
        return [replace(item, late=True) for item in items] if self.late else items


def _detect(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[Part]:
    """The parts of a folder: often the folder itself, or a download for each assignment, and what came late."""
    aside = [inner for inner in folder.folders.values() if _is_set_aside(inner, lessons)]
    if aside:
        rest = _without(folder, aside)
        if rest.entries:
            yield from _detect(rest, lessons)
        for inner in aside:
            yield from (replace(part, late=True) for part in _detect(inner, lessons))
        return
    if name := _telltale(folder):
        yield Part(name, folder)
        return
    full = [inner for inner in folder.folders.values() if inner.holds(NOTEBOOK, *ARCHIVES)]
    loose = notebooks_of(folder.files)
    downloads = [inner for inner in full if _is_download(inner, lessons)]
    if len(downloads) < len(full):
        classes = [inner for inner in downloads if _is_class(inner, lessons)]
        others = [inner for inner in full if inner not in downloads]
        if not classes or not _is_believed(classes, downloads, others, lessons):
            refused = [File(inner.name, inner.origin, 0, (), bytes, SEVERAL) for inner in classes]
            folder = replace(_without(folder, classes), files=folder.files + refused)
            downloads = []
    if len(full) == 1 and not loose and _is_class(full[0], lessons):
        downloads = full
    for inner in downloads:
        yield from _detect(inner, lessons)
    folder = _without(folder, downloads)
    people = len(full) > len(downloads) or not (loose or downloads)
    if loose:
        flat = [file for file in folder.files if not people or is_a(file, NOTEBOOK, *COMPANIONS)]
        yield Part("flat", replace(folder, folders={}, files=flat))
        folder = replace(folder, files=[file for file in folder.files if file not in flat])
    if people:
        yield Part("student/notebook", folder)


def _is_set_aside(folder: Folder, lessons: Sequence[Lesson]) -> bool:
    """Whether a person put what several students handed in into a folder such as `late`; no archive is one."""
    if folder.zipped or not SET_ASIDE.fullmatch(folder.title):
        return False
    loose = notebooks_of(folder.files)
    inner = any(inner.holds(NOTEBOOK, *ARCHIVES) for inner in folder.folders.values())
    return bool(_telltale(folder)) or (all(student_in(file.stem, lessons) for file in loose) and bool(loose or inner))


def _is_believed(
    classes: list[Folder], downloads: list[Folder], people: list[Folder], lessons: Sequence[Lesson]
) -> bool:
    """Whether these are a class's downloads, with some students' folders beside them, rather than what a student made.

    Raises InputError when that cannot be told, and a class would be lost or a student could hand in for others.
    """
    if 2 * len(downloads) > len(downloads) + len(people):
        return True
    members = {student for inner in classes for student, _ in _handed_in(inner, lessons)}
    if len(members) <= len(people):
        return False
    both = members & {without_lesson(inner.title, lessons) for inner in people}
    if both and len(people) > 1:
        raise InputError(
            f"expected a class's download, or a folder for each student; found {shorten(classes[0].origin)} with "
            f"{len(members)} students beside folders of {len(people)}, and {shorten(sorted(both)[0])} in both. If it "
            "is the class's, put the folders beside it into one named late; if it is one student's, take it out"
        )
    return True


def _without(folder: Folder, some: list[Folder]) -> Folder:
    return replace(folder, folders={key: inner for key, inner in folder.folders.items() if inner not in some})


def _unwrapped(folder: Folder) -> Folder:
    """The folder inside, when there is nothing else: archives often hold one that holds all."""
    while not folder.files and len(folder.folders) == 1 and not _telltale(folder):
        (folder,) = folder.folders.values()
    return folder


def _telltale(folder: Folder) -> str:
    """The name of a layout that leaves no doubt."""
    names = [entry.name for entry in folder.entries]
    if any(platforms.MOODLE.fullmatch(name) for name in names):
        return "Moodle"
    if any(platforms.BRIGHTSPACE.fullmatch(name) for name in names):
        return "Brightspace"
    if any(platforms.BLACKBOARD.fullmatch(name) for name in names):
        return "Blackboard"
    if platforms.is_gradescope(folder):
        return "Gradescope"
    handed_in = [name for name in names if name.lower().endswith((NOTEBOOK, *ARCHIVES))]
    if handed_in and 2 * sum(bool(platforms.CANVAS.fullmatch(name)) for name in handed_in) >= len(handed_in):
        return "Canvas"
    if (folder if folder.title == platforms.TEAMS else folder.folders.get(platforms.TEAMS, Folder("", ""))).folders:
        return "Teams"
    submitted = folder if folder.title == "submitted" else folder.folders.get("submitted")
    assignments = [inner for student in folder.folders.values() for inner in student.folders.values()]
    if (submitted and submitted.folders) or any(map(timestamp, assignments)):
        return "nbgrader"
    return "GitHub Classroom" if clone_prefix(folder) else ""


def _is_download(folder: Folder, lessons: Sequence[Lesson]) -> bool:
    """Whether this is one assignment of a class: in a platform's layout, or named after a lesson, not a student."""
    if _telltale(_unwrapped(folder)):
        return True
    named = bool(lessons_named(folder.title, lessons))
    return named and (not student_in(folder.title, lessons) or _is_class(folder, lessons))


def _is_class(folder: Folder, lessons: Sequence[Lesson]) -> bool:
    """Whether a folder is a class's rather than one student's: a lesson comes twice, from different students."""
    handed_in = _handed_in(folder, lessons)
    return len(handed_in) > len({lesson for _, lesson in handed_in})


def _handed_in(folder: Folder, lessons: Sequence[Lesson]) -> set[tuple[str, str]]:
    """The students and lessons that are in a folder, if it is a class's."""
    folder = _unwrapped(folder)
    layout = _telltale(folder)
    if not layout:
        named = any(
            student_in(file.stem, lessons) for file in notebooks_of(folder.files) if lessons_named(file.name, lessons)
        )
        layout = "flat" if named else "student/notebook"
    return {
        (item.student, lesson.id)
        for item in read_as(layout, folder, lessons)
        if item.student and item.file and is_a(item.file, NOTEBOOK)
        for lesson in lessons_named(item.name, lessons)
    }
