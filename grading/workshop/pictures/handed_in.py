"""Notebooks as students would hand them in: the solutions with mistakes of the gallery, or with tasks left out."""

from collections.abc import Collection
from typing import Any

from grading.curriculum.gallery import GALLERY, Case, is_spectator
from grading.lessons import Edition, first_edition
from grading.marking.lesson import Lesson
from grading.running.notebook import overlay, read_notebook


def handed_in(
    lesson: Lesson,
    student: str,
    mistakes: Collection[str] = (),
    left_out: Collection[str] = (),
    *,
    edition: Edition | None = None,
    whole: bool = True,
) -> Any:
    """The lesson, solved in a student's name with these mistakes and without these tasks.

    `edition`: that of the mistakes, where it is not the first. `whole=False` leaves out the worked cells, which change
    no mark and take half the time.
    """
    edition = edition or first_edition(lesson)
    sources = edition.solution
    for mistake in mistakes:
        sources = Case(lesson, GALLERY / lesson.id.lower() / mistake).applied_to(sources)
    notebook = read_notebook(edition.notebook)
    node = overlay(notebook.node, {id: source for id, source in sources.items() if id[: -len("-work")] not in left_out})
    for cell in node.cells:
        if cell["id"] == "parameters":
            cell["source"] = cell["source"].replace('"your name"', repr(student))
    node.cells = [cell for cell in node.cells if whole or not is_spectator(cell)]
    return node
