"""What grading adds to the work of the cells: processor time of everything, and of the cells alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from grading.assessment.assessment import assess
from grading.marking.lesson import Lesson
from grading.workshop.bench.classroom import Submission, solved, write
from grading.workshop.bench.processes import ProcessorTime
from grading.workshop.bench.tables import ratio, spread, table

USED = """import resource as _r
_used = lambda: sum(sum(_r.getrusage(who)[:2]) for who in (_r.RUSAGE_SELF, _r.RUSAGE_CHILDREN))
_before = _used()"""
SAY = "print(_used() - _before)"


def report(lessons: Sequence[Lesson], rounds: int) -> Iterator[str]:
    """Lines: both, and their ratio, of each lesson's solved notebook."""
    yield (
        f"Seconds of processor time of one solved submission, medians of {rounds}, in a warm process that has graded "
        "one before. All: kernel, servers that predict again, reading and checking. Cells: what the kernel and its "
        "children used from the first cell to the last."
    )
    yield ""
    yield from table(["lesson", "all", "cells", "all ÷ cells"], (_row(lesson, rounds) for lesson in lessons))


def _row(lesson: Lesson, rounds: int) -> list[str]:
    node = solved(lesson)
    node.cells.insert(0, nbformat.v4.new_code_cell(USED, id="used-before"))
    node.cells.append(nbformat.v4.new_code_cell(SAY, id="used"))
    everything, cells = [], []
    with TemporaryDirectory() as folder:
        path = write(Path(folder), [Submission("student", lesson, "solved", node)])[0]
        for number in range(rounds + 1):
            with ProcessorTime() as used:
                executed = assess(path).executed
            if number:  # the first starts servers that stay
                everything.append(used.seconds)
                cells.append(float(executed.cells[-1].outputs[0].text))
    return [lesson.id, spread(everything), spread(cells), ratio(everything, cells, 2)]
