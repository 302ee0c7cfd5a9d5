"""A whole class on two cores: ours, and each peer as one process and as two side by side."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from grading.errors import GradingError
from grading.marking.lesson import Lesson
from grading.workshop.bench import peers
from grading.workshop.bench.classroom import Submission, submissions
from grading.workshop.bench.nbgrader import Nbgrader
from grading.workshop.bench.otter import Otter
from grading.workshop.bench.ours import Ours
from grading.workshop.bench.peers import Grader
from grading.workshop.bench.tables import spread, table

SORTS = ("solved", "untouched", "mutant")


@dataclass(frozen=True)
class Timed:
    """One grading of a class: seconds, and the marks by kind of submission."""

    seconds: float
    marks: dict[str, float]


def report(lessons: Sequence[Lesson], students: int, sample: int, confine: str) -> Iterator[str]:
    """Lines: submissions a minute of each grader; the peers grade the first `sample` students."""
    whole, part = submissions(students, lessons), submissions(sample, lessons)
    which = f"{lessons[0].id} only" if len(lessons) == 1 else f"{len(lessons)} lessons"
    yield (
        f"A class of {len(whole)} submissions: {students} students, {which}; {_mixture(whole)}. The peers grade the "
        f"first {sample} students ({len(part)} submissions: {_mixture(part)}). Starting and reporting is in the time, "
        "laying out and installing is not. Marks: the mean share of the points, by kind."
    )
    yield ""
    ours = Ours(confine)
    runs = [grade(ours, whole)]
    rows = [(ours.name, len(whole), runs)]
    for peer in (Nbgrader(), Otter()):
        for processes, words in ((1, "one process"), (2, "2 processes")):
            rows += [(f"{peer.name}, {words}", len(part), [grade(peer, part, processes)])]
    runs.append(grade(ours, whole))
    best = 60 * len(whole) / median(run.seconds for run in runs)
    headers = ["grader", "submissions", "seconds", "a minute", "ours: as fast", "solved", "untouched", "mutant"]
    yield from table(headers, (_row(name, number, found, best) for name, number, found in rows))


def grade(grader: Grader, handed_in: Sequence[Submission], processes: int = 1) -> Timed:
    """Grade a class, with as many processes side by side, each with its share."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        prepared = []
        for share in range(processes):
            folder = Path(name) / str(share)
            folder.mkdir()
            prepared.append(grader.prepare(folder, shares(handed_in, processes)[share]))
        start = time.perf_counter()
        with ThreadPoolExecutor(processes) as threads:
            list(threads.map(peers.run, prepared))
        seconds = time.perf_counter() - start
        kinds = {(one.student, one.lesson.id): one.kind for one in handed_in}
        marks = {whose: mark for each in prepared for whose, mark in each.marks().items()}
    if missing := [" ".join(whose) for whose in kinds if whose not in marks]:
        raise GradingError(f"{grader.name} did not grade {', '.join(missing)}")
    found = {kind: [marks[whose] for whose in kinds if kinds[whose] == kind] for kind in kinds.values()}
    return Timed(seconds, {kind: fmean(values) for kind, values in found.items()})


def shares(handed_in: Sequence[Submission], number: int) -> list[list[Submission]]:
    """The submissions dealt out so that each share has some of each lesson and of each kind."""
    students = list(dict.fromkeys(one.student for one in handed_in))
    lessons = list(dict.fromkeys(one.lesson.id for one in handed_in))
    dealt: list[list[Submission]] = [[] for _ in range(number)]
    for one in handed_in:
        dealt[(students.index(one.student) + lessons.index(one.lesson.id)) % number].append(one)
    return dealt


def _row(name: str, number: int, runs: Sequence[Timed], best: float) -> list[str]:
    rate = 60 * number / median(run.seconds for run in runs)
    row = [name, str(number), spread([run.seconds for run in runs], 1), f"{rate:.1f}", f"{best / rate:.1f} ×"]
    return row + [f"{runs[0].marks[kind]:.0%}" if kind in runs[0].marks else "–" for kind in SORTS]


def _mixture(handed_in: Sequence[Submission]) -> str:
    return ", ".join(f"{sum(one.kind == kind for one in handed_in)} {kind}" for kind in SORTS)
