"""The module page, notebooks/README.md: it names what the lessons hold, and its commands are real."""

import re
import shlex

import pytest

from grading.files import ROOT
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson

FOLDER = ROOT / "notebooks"
PAGE = (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_the_page_names_each_lesson_and_its_tasks_in_order(lesson: Lesson) -> None:
    tasks = " · ".join(f"{task.number}. {task.title}" for task in lesson.tasks)
    assert f"| [{lesson.id} · {lesson.title}]({lesson.file_name}) | {tasks} |" in PAGE


def test_every_link_to_a_file_finds_it() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", PAGE):
        assert (FOLDER / target).exists(), target


def test_every_line_of_the_checkpoint_has_a_command_of_the_grader() -> None:
    checkpoint = PAGE.partition("## Checkpoint")[2]
    commands = [shlex.split(command) for command in re.findall(r"\| `([^`]+)` \|", checkpoint)]
    assert [command[1] for command in commands] == ["doctor", "grade", "grade", "grade", "grade"]
    graded = [command[2].removeprefix("notebooks/") for command in commands[1:]]
    assert graded == [lesson.file_name for lesson in LESSONS]
