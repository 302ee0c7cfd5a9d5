"""otter-grader: the same notebook with its checks, graded by `otter run`, one process a submission, without Docker."""

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat

from grading.evidence.data_files import DATA
from grading.marking.lesson import Lesson
from grading.workshop.bench import peers
from grading.workshop.bench.classroom import Submission, with_values
from grading.workshop.bench.peers import Prepared

NAME = "otter"
REQUIREMENT = "otter-grader==7.0.0"
TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1


@test_case(points=1, hidden=False)
def test_{name}(env):
{body}
"""
START = "# Initialize Otter\nimport otter\ngrader = otter.Notebook()"


class Otter:
    """An autograder archive a lesson, and a command a submission."""

    name = f"otter-grader {REQUIREMENT.partition('==')[2]}"

    def prepare(self, folder: Path, handed_in: Sequence[Submission]) -> Prepared:
        """The archives, made by `otter generate`, and the class's notebooks."""
        environment = peers.install(NAME, REQUIREMENT)
        for lesson in {submission.lesson.id: submission.lesson for submission in handed_in}.values():
            tests = folder / lesson.id / "tests"
            tests.mkdir(parents=True)
            for task in lesson.tasks:
                name, body = f"task{task.number}", indent(peers.test_of(lesson, task.number), "    ")
                (tests / f"{name}.py").write_text(TEST.format(name=name, body=body), "utf-8")
            made = [NAME, "generate", "-t", "tests", "-o", "autograder.zip"]
            peers.run(Prepared([made], tests.parent, environment))
        commands, results = [], {}
        for submission in handed_in:
            path = folder / submission.lesson.id / submission.student / submission.file_name
            path.parent.mkdir()
            nbformat.write(annotated(submission.node, submission.lesson), path)
            archive = str(folder / submission.lesson.id / "autograder.zip")
            commands.append([NAME, "run", "--no-logo", "-a", archive, "-o", str(path.parent), str(path)])
            results[submission.student, submission.lesson.id] = path.with_name("results.json")

        def marks() -> dict[tuple[str, str], float]:
            return {whose: _share(file) for whose, file in results.items()}

        return Prepared(commands, folder, environment, marks)


def annotated(node: Any, lesson: Lesson) -> Any:
    """A copy that starts otter and checks each task after its exercise, as `otter assign` lays notebooks out."""
    copy = with_values(node, DATA_DIR=str(DATA))
    tasks = {f"task{task.number}-work": f"task{task.number}" for task in lesson.tasks}
    cells = [nbformat.v4.new_code_cell(START, id="otter-start")]
    for cell in copy.cells:
        cells.append(cell)
        if task := tasks.get(cell["id"]):
            cell.metadata["otter"] = {"tests": [task]}
            cells.append(nbformat.v4.new_code_cell(f'grader.check("{task}")', id=f"{task}-otter"))
    copy.cells = cells
    copy.metadata["otter"] = {"OK_FORMAT": False, "tests": {}}
    return copy


def _share(results: Path) -> float:
    tests = [test for test in json.loads(results.read_text("utf-8"))["tests"] if test.get("max_score")]
    return sum(float(test["score"]) for test in tests) / sum(float(test["max_score"]) for test in tests)
