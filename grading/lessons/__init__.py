"""The lessons, in order: what each asks, one folder a lesson."""

from dataclasses import dataclass
from pathlib import Path

from grading.errors import InputError
from grading.files import NOTEBOOKS, PACKAGE
from grading.lessons.m9_01.checks import lesson as m9_01
from grading.lessons.m9_02.checks import lesson as m9_02
from grading.lessons.m9_03.checks import lesson as m9_03
from grading.lessons.m9_04.checks import lesson as m9_04
from grading.marking.lesson import Lesson

LESSONS = (m9_01, m9_02, m9_03, m9_04)
SOLUTIONS = PACKAGE / "solutions"
FIRST_EDITION = SOLUTIONS / "first_edition"  # the lessons as they were handed out first

__all__ = [
    "LESSONS", "SOLUTIONS", "Edition", "current_edition", "find_lesson", "first_edition", "lesson_or_own",
    "solution_sources",
]  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """A lesson's notebook, and the reference solutions for its exercise cells."""

    notebook: Path
    solution: dict[str, str]  # by the id of the exercise cell


def find_lesson(id: str) -> Lesson:
    """The lesson of this id; raises InputError naming those there are."""
    for lesson in LESSONS:
        if lesson.id == id.upper():
            return lesson
    raise InputError(f"expected one of {', '.join(lesson.id for lesson in LESSONS)}; found {id!r}")


def lesson_or_own(id: str) -> Lesson:
    """The lesson of this id or, for a notebook of a student's own such as M9_05, one that asks the checklist only."""
    try:
        return find_lesson(id)
    except InputError:
        return Lesson(
            id.upper(),
            "",
            "Your own experiment",
            worked_experiment="",
            worked_data="",
            tasks=(),
            rest_is_training=False,
        )


def solution_sources(lesson: Lesson) -> dict[str, str]:
    """The reference solutions, by the id of the exercise cell each belongs in; raises InputError where none are."""
    return _sources(SOLUTIONS / lesson.id.lower(), lesson)


def current_edition(lesson: Lesson) -> Edition:
    """The lesson as it is handed out today; raises InputError where its solutions are not."""
    return Edition(NOTEBOOKS / lesson.file_name, solution_sources(lesson))


def first_edition(lesson: Lesson) -> Edition:
    """The lesson as it was handed out first: what is made from it keeps its marks. Raises InputError as above."""
    folder = FIRST_EDITION / lesson.id.lower()
    return Edition(folder / lesson.file_name, _sources(folder, lesson))


def _sources(folder: Path, lesson: Lesson) -> dict[str, str]:
    files = sorted(folder.glob("*.py"))
    if not files:
        raise InputError(f"no solutions for {lesson.id} here: students do not receive them")
    return {f"{file.stem}-work": file.read_text("utf-8").rstrip("\n") for file in files}
