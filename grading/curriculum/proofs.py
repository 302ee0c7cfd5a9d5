"""The curriculum proves itself: lessons conform, run clean, can be solved, and their checks can fail."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grading.assessment.assessment import grade_execution, temporary_folder
from grading.evidence.data_files import DATA
from grading.files import NOTEBOOKS
from grading.jupyter.template import TEMPLATE
from grading.lessons import LESSONS, solution_sources
from grading.marking.lesson import Lesson
from grading.marking.verdict import Scorecard
from grading.running.execution import INJECTED, Execution, run_notebook
from grading.running.notebook import KEPT_OUTPUT, Notebook, deviations, overlay, read_notebook

TOTAL = 100


@dataclass(frozen=True)
class Proof:
    """One claim about the curriculum, and what speaks against it."""

    claim: str
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.problems


def run_lesson(lesson: Lesson, folder: Path, *, solution: bool) -> tuple[Notebook, Execution]:
    """Run the shipped lesson, untouched or with the reference solutions."""
    notebook = read_notebook(NOTEBOOKS / lesson.file_name)
    node = overlay(notebook.node, solution_sources(lesson)) if solution else None
    return notebook, run_notebook(notebook, folder, data=DATA, node=node)


def verify(lesson: Lesson) -> Iterator[Proof]:
    """The proofs of one lesson, each as soon as it is done; the gallery's are in `grading.curriculum.gallery`."""
    yield conforms(NOTEBOOKS / lesson.file_name)
    for solution in (False, True):
        with temporary_folder() as folder:
            yield from proofs_of_run(lesson, *run_lesson(lesson, folder, solution=solution), solved=solution)


def conforms(path: Path) -> Proof:
    """The notebook has the template's anatomy."""
    problems = tuple(deviations(read_notebook(path).node, lesson=path != TEMPLATE))
    return Proof(f"{path.name} conforms to the template", problems)


def proofs_of_run(lesson: Lesson, notebook: Notebook, execution: Execution, *, solved: bool) -> Iterator[Proof]:
    """What one execution of a lesson shows: clean, worked part complete, practice at nothing or at everything."""
    word = "solved" if solved else "untouched"
    failures = tuple(f"{failure.cell}: {failure.error}" for failure in execution.report.failures)
    noise = tuple(_noise(execution.notebook))
    yield Proof(f"{lesson.id} {word}: runs clean", failures + noise)
    practice = grade_execution(lesson, notebook, execution, "practice").scorecard
    worked = grade_execution(lesson, notebook, execution, "worked").scorecard
    yield Proof(f"{lesson.id} {word}: the worked part meets the checklist", _short_of_all(worked))
    if solved:
        full = (
            () if practice.max_score == TOTAL else (f"the lesson is worth {practice.max_score:g} points, not {TOTAL}",)
        )
        yield Proof(f"{lesson.id} solved: earns {TOTAL}", _short_of_all(practice) + full)
        yield Proof(f"{lesson.id} solved: leaves a teacher nothing to look at", practice.notes)
    else:
        earned = tuple(f"{result.id} earned {result.points:g}" for result in practice.results if result.points)
        yield Proof(f"{lesson.id} untouched: earns nothing", earned)


def _short_of_all(card: Scorecard) -> tuple[str, ...]:
    return tuple(f"{r.id}: expected {r.expected}; found {r.found}" for r in card.results if r.id in card.lost())


def _noise(node: Any) -> Iterator[str]:
    """What a learner would have to ignore: anything on stderr."""
    for cell in node.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                yield f"{cell['id']} wrote to stderr: {output.text.strip()[:200]}"


def refresh_outputs(path: Path) -> bool:
    """Run a notebook and keep the outputs of the cells tagged for it, of no others; True when the file changed."""
    notebook = read_notebook(path)
    with temporary_folder() as folder:
        executed = run_notebook(notebook, folder, data=DATA).notebook
    fresh = {cell["id"]: cell for cell in executed.cells if cell["id"] != INJECTED}
    codes = [cell for cell in notebook.node.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        keep = KEPT_OUTPUT in cell.metadata.get("tags", [])
        cell["outputs"] = [_counted(output, number) for output in fresh[cell["id"]]["outputs"]] if keep else []
        cell["execution_count"] = number if keep else None  # nbval skips kept outputs of a cell without a count
        cell.metadata.pop("execution", None)
    before = path.read_text("utf-8")
    after: str = nbformat.writes(notebook.node) + "\n"
    if after == before:
        return False
    path.write_text(after, "utf-8")
    return True


def _counted(output: Any, number: int) -> Any:
    if "execution_count" in output:
        output["execution_count"] = number
    return output


def lesson_notebooks() -> list[Path]:
    """The shipped lessons and the template."""
    return [*(NOTEBOOKS / lesson.file_name for lesson in LESSONS), TEMPLATE]
