"""Which layout a folder of submissions has: one that leaves no doubt, or several downloads, or what people make."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grading.cohort.file_names import lessons_named, student_in
from grading.cohort.file_tree import File, Folder
from grading.cohort.layouts import (
    ARCHIVES,
    CANVAS,
    LAYOUTS,
    MOODLE,
    NOTEBOOK,
    Item,
    clone_prefix,
    is_a,
    notebooks_of,
    read_as,
    timestamp,
)
from grading.errors import InputError
from grading.marking.lesson import Lesson

# A student must not hand in for others.
SEVERAL = "it looks like the work of several students: if it is a download, grade it on its own"


def read_layout(root: Folder, lessons: Sequence[Lesson], layout: str = "auto") -> tuple[str, list[Item]]:
    """The layout's name, and whose each file is; raises InputError for a layout that is not known."""
    if layout == "auto":
        found = [(name, read_as(name, folder, lessons)) for name, folder in _detect(root, lessons)]
        names = dict.fromkeys(name for name, items in found if any(item.student for item in items))
        return " and ".join(names), [item for _, items in found for item in items]
    for name in LAYOUTS:
        if name.casefold() == layout.casefold():
            return name, read_as(name, root, lessons)
    raise InputError(f"expected the layout auto, {', '.join(LAYOUTS)}; found {layout!r}")


def _detect(folder: Folder, lessons: Sequence[Lesson]) -> Iterator[tuple[str, Folder]]:
    """The downloads in a folder with their layouts: often the folder itself, or one for each assignment."""
    if name := _telltale(folder):
        yield name, folder
        return
    full = [inner for inner in folder.folders.values() if inner.holds(NOTEBOOK, *ARCHIVES)]
    loose = notebooks_of(folder.files)
    downloads = [inner for inner in full if _is_download(inner, lessons)]
    if len(downloads) < len(full):
        classes = [inner for inner in downloads if _is_class(inner, lessons)]
        if not classes or 2 * len(downloads) <= len(full):
            refused = [File(inner.name, inner.origin, 0, (), bytes, SEVERAL) for inner in classes]
            folder = replace(_without(folder, classes), files=folder.files + refused)
            downloads = []
    if len(full) == 1 and not loose and _is_class(full[0], lessons):
        downloads = full
    for inner in downloads:
        yield from _detect(inner, lessons)
    if not downloads or loose or len(full) > len(downloads):
        yield ("flat" if len(loose) > len(full) else "student/notebook"), _without(folder, downloads)


def _without(folder: Folder, some: list[Folder]) -> Folder:
    return replace(folder, folders={key: inner for key, inner in folder.folders.items() if inner not in some})


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
    if (submitted and submitted.folders) or any(map(timestamp, assignments)):
        return "nbgrader"
    return "GitHub Classroom" if clone_prefix(folder) else ""


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
            student_in(file.stem, lessons) for file in notebooks_of(folder.files) if lessons_named(file.name, lessons)
        )
        layout = "flat" if named else "student/notebook"
    handed_in = {
        (item.student, lesson.id)
        for item in read_as(layout, folder, lessons)
        if item.student and item.file and is_a(item.file, NOTEBOOK)
        for lesson in lessons_named(item.name, lessons)
    }
    return len(handed_in) > len({lesson for _, lesson in handed_in})
