"""What an instructor sees of a class run: in a terminal, and in a log."""

from io import StringIO

import pytest
from rich.console import Console

from grading.class_reports.progress import Progress, duration
from grading.class_reports.text import print_outcome
from grading.cohort.class_run import Outcome
from grading.cohort.job import Job, job_of, ungraded
from grading.cohort.submissions import Submission
from grading.cohort.workers import Lost, Started, Waiting
from grading.tests.stub_worker import stand_in


def job(student: str) -> Job:
    return job_of(Submission(student, "M9_01", "M9_01_a.ipynb", b"{}", {}, "a"), 60, "off")


def shown(progress: Progress) -> str:
    """What a terminal shows at this moment."""
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(progress)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_terminal_shows_a_line_a_worker_and_one_for_all() -> None:
    console = Console(file=StringIO(), force_terminal=True)
    progress = Progress(console, 4)
    assert "waiting for a worker" in shown(progress)
    progress(Started("host:1", "ada M9_01"))
    progress(Started("host:2", "[bold]bob M9_01"))
    assert "host:2 [bold]bob M9_01 0 s" in shown(progress)
    assert "0/4 starting" in shown(progress)
    progress(stand_in(job("ada")))
    assert "ada" not in shown(progress)
    assert "1/4" in shown(progress)
    assert "a minute" in shown(progress)
    assert " left" in shown(progress)
    progress(Waiting("the cluster has no worker"))
    assert "bob" not in shown(progress)


def test_a_log_gets_a_line_a_submission_and_what_went_wrong() -> None:
    console = Console(file=StringIO(), width=200)
    with Progress(console, 2) as progress:
        progress(Started("host:1", "ada M9_01"))
        progress(stand_in(job("ada")))
        progress(Lost("bob M9_01", "was killed by signal 9"))
        progress(ungraded(job("bob\x1b[2J"), "its worker was killed"))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines == [
        "1/2 ada M9_01 2/9 in 0.1 s",
        "! bob M9_01: its worker was killed by signal 9; it is tried again",
        "2/2 bob�[2J M9_01 ungraded: its worker was killed",
    ]


def test_the_end_says_who_is_ungraded_and_why_and_how_to_go_on() -> None:
    console = Console(file=StringIO(), width=200)
    lost = [ungraded(job(f"s{number}"), "the disk was full").graded for number in range(30)]
    print_outcome(Outcome((stand_in(job("ada")).graded, *lost), 0), console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1 graded, 22.2 % on average" in said
    assert "30 ungraded, not marked as zero: the disk was full: s0 M9_01, s1 M9_01" in said
    assert "s19 M9_01 and 10 more" in said
    assert "Run the same command again" in said


@pytest.mark.parametrize(("seconds", "text"), [(4, "4 s"), (100, "2 min"), (7500, "2 h 05 min")])
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text
