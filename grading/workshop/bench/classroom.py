"""A class to grade: students who solved the lessons, left them untouched, or made a mistake of the gallery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grading.curriculum.gallery import cases
from grading.files import NOTEBOOKS
from grading.lessons import LESSONS, solution_sources
from grading.marking.lesson import Lesson
from grading.running.notebook import overlay, read_notebook

# What ten students hand in; the first four are a small class with nearly the same mixture.
KINDS = (
    "solved", "untouched", "mutant", "solved", "solved", "mutant", "untouched", "solved", "mutant", "solved",
)  # fmt: skip
STRIDE = 7  # through the gallery, whose neighbours are alike

ONE_RUN = """import mlflow
mlflow.set_tracking_uri(TRACKING_URI)
mlflow.set_experiment("a-run")
with mlflow.start_run():
    mlflow.log_metric("rmse", 1.0)"""


@dataclass(frozen=True)
class Submission:
    """One notebook of one student; no two are the same file, as each bears its student's name."""

    student: str
    lesson: Lesson
    kind: str  # solved, untouched, mutant or tiny
    node: Any

    @property
    def file_name(self) -> str:
        """The lesson's file name."""
        return self.lesson.file_name


def submissions(students: int, lessons: Sequence[Lesson] = LESSONS, kinds: Sequence[str] = KINDS) -> list[Submission]:
    """One submission a student and lesson, the kinds in turn; the same at every call."""
    made = []
    for number in range(students):
        kind, student = kinds[number % len(kinds)], f"student-{number + 1:03}"
        nodes = [(lesson, with_values(_work(lesson, kind, number), STUDENT=student)) for lesson in lessons]
        made += [Submission(student, lesson, kind, node) for lesson, node in nodes]
    return made


def solved(lesson: Lesson) -> Any:
    """The lesson's notebook with the reference solutions."""
    return overlay(read_notebook(NOTEBOOKS / lesson.file_name).node, solution_sources(lesson))


def with_values(node: Any, **values: str) -> Any:
    """A copy whose cell of parameters gives these names these values."""
    parameters = next(cell.source for cell in node.cells if cell["id"] == "parameters")
    return overlay(node, {"parameters": "\n".join([parameters, *(f"{n} = {value!r}" for n, value in values.items())])})


def write(folder: Path, handed_in: Iterable[Submission]) -> list[Path]:
    """Write each as STUDENT/NOTEBOOK into this folder."""
    paths = []
    for submission in handed_in:
        path = folder / submission.student / submission.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(submission.node, path)
        paths.append(path)
    return paths


def _work(lesson: Lesson, kind: str, number: int) -> Any:
    if kind == "solved":
        return solved(lesson)
    untouched = read_notebook(NOTEBOOKS / lesson.file_name).node
    if kind == "untouched":
        return untouched
    if kind == "tiny":
        one_run = nbformat.v4.new_code_cell(ONE_RUN, id="one-run")
        untouched.cells = [*(cell for cell in untouched.cells if cell["id"] == "parameters"), one_run]
        return untouched
    mutants = [case for case in cases(lesson) if case.is_mutant and not list(case.folder.glob("*.ipynb"))]
    cells = mutants[number * STRIDE % len(mutants)].notebook().node.cells  # without the worked part, which stays
    return overlay(untouched, {cell["id"]: cell.source for cell in cells if cell["id"].endswith("-work")})
