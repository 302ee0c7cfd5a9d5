"""The lessons, in order: what each asks, one folder a lesson."""

from grading.errors import InputError
from grading.files import PACKAGE
from grading.lessons.m9_01.checks import lesson as m9_01
from grading.lessons.m9_02.checks import lesson as m9_02
from grading.lessons.m9_03.checks import lesson as m9_03
from grading.lessons.m9_04.checks import lesson as m9_04
from grading.marking.lesson import Lesson

LESSONS = (m9_01, m9_02, m9_03, m9_04)
SOLUTIONS = PACKAGE / "solutions"

__all__ = ["LESSONS", "SOLUTIONS", "find_lesson", "lesson_or_own", "solution_sources"]


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
    files = sorted((SOLUTIONS / lesson.id.lower()).glob("*.py"))
    if not files:
        raise InputError(f"no solutions for {lesson.id} here: students do not receive them")
    return {f"{file.stem}-work": file.read_text("utf-8").rstrip("\n") for file in files}
