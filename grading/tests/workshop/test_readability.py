"""The measures of how a lesson reads, and the goals that the lessons are held to."""

from statistics import median

import nbformat
import pytest

from grading.files import NOTEBOOKS, TOOLS
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson
from grading.running.notebook import read_notebook
from grading.running.prose import words_read
from grading.workshop.readability import PAGE, page, readability_of


def lesson_of(*cells: tuple[str, str]) -> object:
    """A notebook of code cells (id, source), in front of the first task."""
    made = [nbformat.v4.new_code_cell(source, id=id) for id, source in cells]
    return nbformat.v4.new_notebook(cells=[*made, nbformat.v4.new_markdown_cell("## 1. Begin now", id="task1")])


def test_lines_and_new_names_are_counted_by_the_cell() -> None:
    setup = ("setup", "import numpy as np\n\nx = np.ones(3)")
    found = readability_of(lesson_of(setup, ("task1-learn-mean", "print(x.mean())")))
    assert found.lines == (2, 1)
    assert found.new_names == (3, 1)  # np, x, ones; mean
    assert found.cells_before == 2


def test_a_magic_has_no_names() -> None:
    assert readability_of(lesson_of(("setup", "%pip list\n??print\nx = 1"))).new_names == (1,)


def test_what_is_looked_up_is_not_read_through() -> None:
    text = "Two words.\n\n| a | table |\n| --- | --- |\n\n1. a step\n   that goes on\n- a point\n\n```text\ncode\n```\n"
    assert words_read(text + "<details><summary>Hint</summary>\nfolded\n</details>") == 2


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_reads_easily(lesson: Lesson) -> None:
    found = readability_of(read_notebook(NOTEBOOKS / lesson.file_name).node)
    assert median(found.lines) <= 5
    assert max(found.lines) <= 10
    assert median(found.new_names) <= 4
    assert max(found.new_names) <= 8
    assert found.longest_line <= 88
    assert median(found.words) <= 50
    assert max(found.words) <= 90
    assert found.cells_before <= 6


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_fits_beside_a_browser(name: str) -> None:
    assert max(map(len, TOOLS[name].read_text("utf-8").splitlines())) <= 88


def test_the_page_is_as_measured_today() -> None:
    assert PAGE.read_text("utf-8") == page()
