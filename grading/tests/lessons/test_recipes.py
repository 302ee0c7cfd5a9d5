"""Each task's text is a recipe: goal, numbered steps, and every condition that its checks hold."""

import ast
import re
from collections.abc import Iterator

import pytest

from grading.files import NOTEBOOKS, TOOLS
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson
from grading.running.notebook import read_notebook

TASKS = [pytest.param(lesson, task, id=f"{lesson.id}-task{task}") for lesson in LESSONS for task in range(1, 5)]
ROW = re.compile(r"^\| (.+?) \| (.+?) \|$", re.MULTILINE)
RESERVED = {"X_train", "X_test", "y_train", "y_test", "SEED", "DATA_DIR", "TRACKING_URI", "STUDENT", "check"}


def text_of(lesson: Lesson, task: int) -> str:
    """The text of a task, all cells between its heading and the exercise."""
    cells = read_notebook(NOTEBOOKS / lesson.file_name).node.cells
    ids = [cell.id for cell in cells]
    begin, end = ids.index(f"task{task}-task"), ids.index(f"task{task}-work")
    return "\n\n".join(cell.source for cell in cells[begin:end])


def learn_cells(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Id and source of the code that a student does not write."""
    for cell in read_notebook(NOTEBOOKS / lesson.file_name).node.cells:
        if cell.cell_type == "code" and ("-learn" in cell.id or cell.id.startswith("further")):
            yield cell.id, cell.source


@pytest.mark.parametrize(("lesson", "task"), TASKS)
def test_a_task_says_what_is_checked_in_the_words_of_the_checks(lesson: Lesson, task: int) -> None:
    said = {row[0] for row in ROW.findall(text_of(lesson, task))} - {"what is checked", "---"}
    asked = {check.sentence for check in lesson.checks if check.group == f"task{task}"}
    assert said == asked


@pytest.mark.parametrize(("lesson", "task"), TASKS)
def test_a_task_has_a_goal_and_numbered_steps_and_a_hint(lesson: Lesson, task: int) -> None:
    text = text_of(lesson, task)
    assert "*Goal:*" in text
    assert re.search(r"^1\. ", text, re.MULTILINE)
    assert "<details><summary>Hint</summary>" in text


@pytest.mark.parametrize("task", [2, 3, 4])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_setting_the_experiment_again_is_a_step(lesson: Lesson, task: int) -> None:
    assert re.search(r"^\d\. [^\n]*[Ss]et your experiment", text_of(lesson, task), re.MULTILINE)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_learn_takes_no_name_that_a_student_would_write(lesson: Lesson) -> None:
    """Assigned names of Learn carry a prefix; loops over `_` and names of one letter leave nothing that is used."""
    for id, source in learn_cells(lesson):
        tree = ast.parse(source)
        taken = {name for name in _bound(tree) if not name.lower().startswith(("cancer", "further", "_"))}
        assert taken == set(), f"{id} takes {taken}"


def _bound(tree: ast.Module) -> set[str]:
    """The names that a cell binds at the top level."""
    found, open_nodes = set(), list[ast.AST](tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if isinstance(node, ast.ExceptHandler):  # its name is gone after the clause
            open_nodes += node.body
            continue
        open_nodes += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_has_no_state_and_says_what_each_function_does(name: str) -> None:
    tree = ast.parse(TOOLS[name].read_text("utf-8"))
    for node in tree.body:
        assert not isinstance(node, (ast.AugAssign, ast.For, ast.While)), ast.unparse(node)
        if isinstance(node, ast.Assign):
            assert all(isinstance(target, ast.Name) and target.id[0].isupper() for target in node.targets)
        if isinstance(node, ast.FunctionDef):
            assert node.name.startswith("_") or ast.get_docstring(node), node.name
            assert not [inner for inner in ast.walk(node) if isinstance(inner, ast.Global)]
