"""nbgrader: the same notebook with its metadata, in its course layout, graded by `nbgrader autograde`."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from grading.evidence.data_files import DATA
from grading.marking.lesson import Lesson
from grading.workshop.bench import peers
from grading.workshop.bench.classroom import Submission, solved, with_values
from grading.workshop.bench.peers import Prepared

NAME = "nbgrader"
REQUIREMENT = "nbgrader==0.9.6"
CONFIGURATION = """c = get_config()
c.Execute.timeout = 300

"""
SCHEMA = 3  # of its cells' metadata


class Nbgrader:
    """An assignment a lesson: students who do a whole module in one folder would share one store."""

    name = f"nbgrader {REQUIREMENT.partition('==')[2]}"

    def prepare(self, folder: Path, handed_in: Sequence[Submission]) -> Prepared:
        """A course with its assignments generated and the class's notebooks submitted."""
        environment = peers.install(NAME, REQUIREMENT)
        (folder / "nbgrader_config.py").write_text(CONFIGURATION, "utf-8")
        lessons = {submission.lesson.id: submission.lesson for submission in handed_in}
        for lesson in lessons.values():
            _write(annotated(solved(lesson), lesson), folder / "source" / lesson.id / lesson.file_name)
        for submission in handed_in:
            path = folder / "submitted" / submission.student / submission.lesson.id / submission.file_name
            _write(annotated(submission.node, submission.lesson), path)
        made = [[NAME, "generate_assignment", lesson] for lesson in lessons]
        peers.run(Prepared(made, folder, environment))
        graded = [[NAME, "autograde", lesson] for lesson in lessons]

        def marks() -> dict[tuple[str, str], float]:
            peers.run(Prepared([[NAME, "export", "--to", "grades.csv"]], folder, environment))
            with (folder / "grades.csv").open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            return {
                (row["student_id"], row["assignment"]): float(row["score"] or 0) / float(row["max_score"])
                for row in rows
                if (folder / "autograded" / row["student_id"] / row["assignment"]).exists()
            }

        return Prepared(graded, folder, environment, marks)


def annotated(node: Any, lesson: Lesson) -> Any:
    """A copy in which each exercise is a solution cell, followed for each task by a cell of tests."""
    copy = with_values(node, DATA_DIR=str(DATA))
    cells = []
    for cell in copy.cells:
        cells.append(cell)
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        cell.metadata["nbgrader"] = _metadata(cell["id"], solution=True)
        for task in lesson.tasks:
            if cell["id"] == f"task{task.number}-work":
                test = nbformat.v4.new_code_cell(peers.test_of(lesson, task.number), id=f"task{task.number}-test")
                test.metadata["nbgrader"] = _metadata(test["id"], grade=True, locked=True) | {"points": 1}
                cells.append(test)
    copy.cells = cells
    return copy


def _metadata(id: str, **is_it: bool) -> dict[str, Any]:
    what = {"grade": False, "solution": False, "locked": False, "task": False}
    return what | is_it | {"schema_version": SCHEMA, "grade_id": id}


def _write(node: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)
