"""Memory: of the grader and its warm process, and what each running submission holds beyond them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from grading.assessment.assessment import assess
from grading.errors import GradingError
from grading.marking.lesson import Lesson
from grading.running.kernels.warm_process import shared
from grading.workshop.bench.classroom import Submission, solved, write
from grading.workshop.bench.processes import PrivateMemory, proportional, warm_process
from grading.workshop.bench.tables import table


def report(lessons: Sequence[Lesson]) -> Iterator[str]:
    """Lines: megabytes; of a running submission the peak, its kernel, its server for models and their children."""
    yield (
        "Megabytes (of 10⁶ bytes). Shared pages count in parts (PSS); of a running submission, solved, only pages that "
        "no other process has (USS), at their peak, of all its processes together and of the largest of them."
    )
    yield ""
    yield from table(["what", "MB", "largest process"], _rows(lessons))


def _rows(lessons: Sequence[Lesson]) -> Iterator[list[str]]:
    shared()
    yield ["warm process, idle", f"{proportional(warm_process()):.0f}", ""]
    for lesson in lessons:
        with TemporaryDirectory() as folder:
            path = write(Path(folder), [Submission("student", lesson, "solved", solved(lesson))])[0]
            with PrivateMemory() as held:
                assess(path)
        if not held.peak:
            raise GradingError("expected the kernels' memory; found none that may be read: run this as root")
        yield [f"{lesson.id} running, beyond it", f"{held.peak:.0f}", f"{held.largest:.0f}"]
    yield ["warm process, afterwards", f"{proportional(warm_process()):.0f}", ""]
    yield ["the grader itself, afterwards", f"{proportional(psutil.Process()):.0f}", ""]
