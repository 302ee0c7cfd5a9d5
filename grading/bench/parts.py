"""The parts of a grading: kernels, the check in a notebook, models predicted again, reading and judging."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import nbformat

from grading.assessment import evidence_of, solution_sources, temporary_folder
from grading.bench.tables import table
from grading.curriculum import NOTEBOOKS
from grading.data_files import DATA
from grading.execution import Execution, run_notebook
from grading.grader import checks_of, run_checks
from grading.kernels.warm_process import WarmProcess, shared
from grading.lesson import Lesson
from grading.notebook import overlay, read_notebook

REPEATS = 5
LIVE = f"""import json, time
def seconds():
    start = time.perf_counter()
    check("task2")
    return time.perf_counter() - start
print(json.dumps([seconds() for _ in range({REPEATS})]))"""


def measure(lesson: Lesson) -> Iterator[tuple[str, float]]:
    """Pairs of what was measured and its seconds: runs once, everything else as a median of five."""
    notebook = read_notebook(NOTEBOOKS / lesson.file_name)
    with temporary_folder() as folder:
        yield (
            "untouched notebook, ordinary kernel",
            run_notebook(notebook, folder, data=DATA, warm=False).report.seconds,
        )
    node = overlay(notebook.node, solution_sources(lesson))
    with temporary_folder() as folder:
        cold = run_notebook(notebook, folder, data=DATA, node=node, warm=False)
        yield "solved notebook, ordinary kernel", cold.report.seconds
    yield "the warm process, started", _seconds(lambda: WarmProcess().close(), times=1)
    shared()
    with temporary_folder() as folder:
        yield "solved notebook, warm kernel", run_notebook(notebook, folder, data=DATA, node=node).report.seconds
    node.cells.append(nbformat.v4.new_code_cell(LIVE, id="live"))
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA, node=node)
        yield 'check("task2") in the live kernel', statistics.median(json.loads(_printed(execution.notebook.cells[-1])))
        yield (
            "first model predicted again, its server started",
            _seconds(lambda: _judge_all(lesson, execution), times=1),
        )
        evidence = evidence_of(lesson, execution, "practice")
        run_checks(checks_of(lesson), evidence)
        known = evidence.reproductions

        def alone() -> None:
            fresh = evidence_of(lesson, execution, "practice")
            fresh.reproductions.update(known)
            run_checks(checks_of(lesson), fresh)

        yield "reading the store and all checks, models known", _seconds(alone)
        yield "reading the store, all checks, models predicted again", _seconds(lambda: _judge_all(lesson, execution))


def report(lessons: Sequence[Lesson]) -> Iterator[str]:
    """Lines: what was measured, and its seconds."""
    yield f"Seconds. Notebooks and starts once, the others medians of {REPEATS}."
    yield ""
    rows = ([lesson.id, what, f"{seconds:.2f}"] for lesson in lessons for what, seconds in measure(lesson))
    yield from table(["lesson", "what", "seconds"], rows)


def _judge_all(lesson: Lesson, execution: Execution) -> None:
    run_checks(checks_of(lesson), evidence_of(lesson, execution, "practice"))


def _seconds(work: Callable[[], None], times: int = REPEATS) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))


def _printed(cell: nbformat.NotebookNode) -> str:
    return str(cell.outputs[0].text)
