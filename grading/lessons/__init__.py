"""The lessons, in order."""

from grading.errors import InputError
from grading.lesson import Lesson
from grading.lessons import (
    m9_01_mlflow_setup,
    m9_02_hyperparameter_tuning,
    m9_03_model_versioning,
    m9_04_experiment_comparison,
)

LESSONS = (
    m9_01_mlflow_setup.lesson,
    m9_02_hyperparameter_tuning.lesson,
    m9_03_model_versioning.lesson,
    m9_04_experiment_comparison.lesson,
)

__all__ = ["LESSONS", "find_lesson", "lesson_or_own"]


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
        return Lesson(id.upper(), "", "Your own experiment", worked_experiment="", worked_data="", tasks=())
