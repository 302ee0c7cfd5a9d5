"""The parts of a grading: the check in a notebook, the warm process, models predicted again, reading and judging."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import nbformat

from grading.assessment.assessment import evidence_of, temporary_folder
from grading.evidence.data_files import DATA
from grading.files import NOTEBOOKS
from grading.marking.grader import checks_of, run_checks
from grading.marking.lesson import Lesson
from grading.running.execution import run_notebook
from grading.running.kernels.warm_process import WarmProcess, shared
from grading.running.notebook import read_notebook
from grading.workshop.bench.classroom import solved
from grading.workshop.bench.tables import table

REPEATS = 5
LIVE = f"""import json, time
def seconds():
    start = time.perf_counter()
    check("task2")
    return time.perf_counter() - start
print(json.dumps([seconds() for _ in range({REPEATS})]))"""


def report(lessons: Sequence[Lesson]) -> Iterator[str]:
    """Lines: what was measured, and its seconds."""
    yield f"Seconds, medians of {REPEATS} but for what starts something."
    yield ""
    rows = ([lesson.id, what, f"{seconds:.2f}"] for lesson in lessons for what, seconds in measure(lesson))
    yield from table(["lesson", "what", "seconds"], rows)


def measure(lesson: Lesson) -> Iterator[tuple[str, float]]:
    """Pairs of what was measured and its seconds, of the solved notebook in a warm kernel."""
    yield "the warm process, started", _seconds(lambda: WarmProcess().close(), times=1)
    shared()
    notebook, node = read_notebook(NOTEBOOKS / lesson.file_name), solved(lesson)
    node.cells.append(nbformat.v4.new_code_cell(LIVE, id="live"))
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA, node=node)
        live = json.loads(execution.notebook.cells[-1].outputs[0].text)
        yield 'check("task2") in the live kernel', statistics.median(live)
        known = evidence_of(lesson, execution, "practice")

        def judge_all() -> None:
            run_checks(checks_of(lesson), evidence_of(lesson, execution, "practice"))

        def judge_known() -> None:
            fresh = evidence_of(lesson, execution, "practice")
            fresh.reproductions.update(known.reproductions)
            run_checks(checks_of(lesson), fresh)

        yield "all checks, the first time", _seconds(lambda: run_checks(checks_of(lesson), known), times=1)
        yield "all checks, models predicted again", _seconds(judge_all)
        yield "all checks, models known", _seconds(judge_known)


def _seconds(work: Callable[[], object], times: int = REPEATS) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))
