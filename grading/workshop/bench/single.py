"""One solved submission of each lesson: plain papermill, ours, and the peers, in turn."""

import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import papermill

from grading.assessment.assessment import assess
from grading.errors import GradingError
from grading.evidence.data_files import DATA
from grading.files import TOOLS
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson
from grading.workshop.bench.class_run import grade
from grading.workshop.bench.classroom import Submission, solved, write
from grading.workshop.bench.nbgrader import Nbgrader
from grading.workshop.bench.otter import Otter
from grading.workshop.bench.tables import ratio, spread, table

PEERS = (Nbgrader(), Otter())


def report(lessons: Sequence[Lesson], rounds: int) -> Iterator[str]:
    """Lines: seconds of each, and how many times as long as ours the others take."""
    with TemporaryDirectory() as folder:
        first = write(Path(folder), [Submission("first", LESSONS[0], "solved", solved(LESSONS[0]))])[0]
        start = time.perf_counter()
        card = assess(first).scorecard
        begun = time.perf_counter() - start
    yield (
        f"Seconds for one solved submission, medians of {rounds}, the four in turn. Ours is run and graded in a warm "
        f"kernel (confinement: {card.execution.confinement}); the first of a process, {begun:.1f} s with the start of "
        "the warm process, is not counted. Papermill runs in this process and does not grade. Each peer is a command "
        "of its own, in an environment with the lock's versions; otter-grader without Docker. All run the same cells, "
        "the lesson's own checks among them."
    )
    yield ""
    headers = ["lesson", "ours", "papermill", "÷ ours"]
    for peer in PEERS:
        headers += [peer.name, "÷ ours"]
    yield from table(headers, (_row(lesson, rounds) for lesson in lessons))


def _row(lesson: Lesson, rounds: int) -> list[str]:
    seconds: dict[str, list[float]] = defaultdict(list)
    submission = Submission("student", lesson, "solved", solved(lesson))
    for _ in range(rounds):
        with TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            path = write(folder, [submission])[0]
            seconds["papermill"].append(_papermill(path, folder))
            start = time.perf_counter()
            mark = assess(path).scorecard.percent
            seconds["ours"].append(time.perf_counter() - start)
        marks = {"ours": mark / 100}
        for peer in PEERS:
            graded = grade(peer, [submission])
            seconds[peer.name].append(graded.seconds)
            marks[peer.name] = graded.marks["solved"]
        if poor := [f"{name} gave {mark:.0%}" for name, mark in marks.items() if mark < 1]:
            raise GradingError(f"expected full marks for {lesson.id}, solved: {', '.join(poor)}")
    ours = seconds["ours"]
    row = [lesson.id, spread(ours)]
    for name in ("papermill", *(peer.name for peer in PEERS)):
        row += [spread(seconds[name], 1), ratio(seconds[name], ours)]
    return row


def _papermill(path: Path, folder: Path) -> float:
    work = folder / "papermill"
    work.mkdir()
    for tool in TOOLS.values():
        shutil.copy(tool, work)
    store = {"TRACKING_URI": f"sqlite:///{work / 'mlflow.db'}", "DATA_DIR": str(DATA)}
    node = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    papermill.execute_notebook(node, None, store, kernel_name="python3", cwd=work, progress_bar=False)
    return time.perf_counter() - start
