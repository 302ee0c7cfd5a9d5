"""The curriculum proves itself: lessons conform, run clean, can be solved, and their checks can fail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grading.assessment import Assessment, grade_execution, solution_sources, temporary_folder
from grading.data_files import DATA, ROOT
from grading.errors import GradingError, NotebookError
from grading.execution import INJECTED, Execution, run_notebook
from grading.lesson import Lesson
from grading.lessons import LESSONS
from grading.notebook import KEPT_OUTPUT, Notebook, deviations, overlay, read_notebook
from grading.template import TEMPLATE
from grading.verdict import Scorecard, State

NOTEBOOKS = ROOT / "notebooks"
GALLERY = Path(__file__).parent / "tests" / "gallery"
LEARN = "-learn"  # in the id of each cell of the worked part: task2-learn-curve, document-learn
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


@dataclass(frozen=True)
class Case:
    """One submission of the gallery and what it must lose: the solution with edits, with other cells, or a notebook."""

    lesson: Lesson
    folder: Path

    @property
    def name(self) -> str:
        """The verdict in words: the folder's name."""
        return self.folder.name

    @property
    def expected(self) -> dict[str, Any]:
        """`why`, `lost` (check ids), `edits` of the solution, and where it matters `state` and `note`."""
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return found

    @property
    def is_mutant(self) -> bool:
        """Whether it must lose something; the others are right answers in another style."""
        return bool(self.expected["lost"])

    def notebook(self) -> Notebook:
        """The case's own notebook, or the lesson with the case's cells in place, without worked and check cells.

        Those change nothing in the practice part (`verify` runs the lesson whole) and cost half the time.
        """
        own = sorted(self.folder.glob("*.ipynb"))
        if own:
            return read_notebook(own[0])
        lesson = read_notebook(NOTEBOOKS / self.lesson.file_name)
        sources = solution_sources(self.lesson)
        sources |= {f"{file.stem}-work": file.read_text("utf-8") for file in sorted(self.folder.glob("*.py"))}
        for task, edits in self.expected.get("edits", {}).items():
            for before, after in edits:
                if before not in sources[f"{task}-work"]:
                    raise NotebookError(f"{self.name}: expected {before!r} in the solution of {task}")
                sources[f"{task}-work"] = sources[f"{task}-work"].replace(before, after)
        node = overlay(lesson.node, sources)
        node.cells = [cell for cell in node.cells if not _is_spectator(cell)]
        return Notebook(lesson.path, node, lesson.sha256)


def cases(lesson: Lesson) -> list[Case]:
    """The lesson's gallery, in the order of names."""
    return [Case(lesson, file.parent) for file in sorted((GALLERY / lesson.id.lower()).glob("*/expected.json"))]


def run_lesson(lesson: Lesson, folder: Path, *, solution: bool) -> tuple[Notebook, Execution]:
    """Run the shipped lesson, untouched or with the reference solutions."""
    notebook = read_notebook(NOTEBOOKS / lesson.file_name)
    node = overlay(notebook.node, solution_sources(lesson)) if solution else None
    return notebook, run_notebook(notebook, folder, data=DATA, node=node)


def verify(lesson: Lesson, *, mutants: bool = False) -> Iterator[Proof]:
    """All proofs of one lesson, each as soon as it is done."""
    yield conforms(NOTEBOOKS / lesson.file_name)
    for solution in (False, True):
        with temporary_folder() as folder:
            yield from proofs_of_run(lesson, *run_lesson(lesson, folder, solution=solution), solved=solution)
    for case in cases(lesson) if mutants else ():
        yield judge(case)


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
    else:
        earned = tuple(f"{result.id} earned {result.points:g}" for result in practice.results if result.points)
        yield Proof(f"{lesson.id} untouched: earns nothing", earned)


def _is_spectator(cell: Any) -> bool:
    return LEARN in cell["id"] or "check" in cell.metadata.get("tags", []) or cell["id"] == "checklist"


def assess_case(case: Case) -> Assessment:
    """Run and grade one case of the gallery."""
    notebook = case.notebook()
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA)
        return grade_execution(case.lesson, notebook, execution, "practice")


def judge(case: Case) -> Proof:
    """The case loses exactly the checks it must, and its execution ends as it must."""
    try:
        card = assess_case(case).scorecard
    except GradingError as error:
        return Proof(f"{case.lesson.id} gallery: {case.name}", (str(error),))
    return Proof(f"{case.lesson.id} gallery: {case.name}", tuple(_differences(case, card)))


def _differences(case: Case, card: Scorecard) -> Iterator[str]:
    lost, expected = card.lost(), set(case.expected["lost"])
    results = {result.id: result for result in card.results}
    for id in sorted(lost - expected):
        yield f"lost {id}: expected {results[id].expected}; found {results[id].found}"
    for id in sorted(expected - lost):
        yield f"did not lose {id}" + (f": {results[id].found}" if id in results else ", which is no check")
    if (note := case.expected.get("note", "")) not in " ".join((*card.notes, *card.execution.notes)):
        yield f"no note {note!r} on the scorecard"
    state = case.expected.get("state", State.FINISHED)
    if card.execution.state != state:
        yield f"ended {card.execution.state}, expected {state}: {card.execution.failures}"


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
