"""What of a class a person should look at: ungraded work, notebooks that were stopped, and what the grader noted."""

from collections.abc import Iterator
from dataclasses import dataclass

from grading.class_reports.roster import Roster, Standing, Student, Work
from grading.marking.verdict import Scorecard
from grading.reports.words import SHORT_STATES
from grading.running.execution_report import State

STOPPED = (State.TIMED_OUT, State.KERNEL_DIED, State.UNREADABLE, State.NOT_RUN)


@dataclass(frozen=True)
class Concern:
    """One submission and why a person should look at it."""

    student: str
    slug: str
    lesson: str
    why: str
    page: bool = True  # whether it has a scorecard to open


@dataclass(frozen=True)
class Attention:
    """All concerns, by what is to be done about them."""

    ungraded: tuple[Concern, ...]  # our fault: the next run tries again
    stopped: tuple[Concern, ...]  # graded on what there was
    noted: tuple[Concern, ...]  # graded; a fact that only a person can weigh


def attention_of(roster: Roster) -> Attention:
    """The class's concerns, in the order of names."""
    works = [(student, lesson, student.work(lesson)) for student in roster.students for lesson in roster.lessons]
    return Attention(
        ungraded=tuple(
            _concern(student, lesson, work.problem, page=bool(work.graded and work.graded.scorecard))
            for student, lesson, work in works
            if work.standing is Standing.UNGRADED
        ),
        stopped=tuple(
            _concern(student, lesson, _how(work.card))
            for student, lesson, work in works
            if work.card and work.card.execution.state in STOPPED
        ),
        noted=tuple(_concern(student, lesson, note) for student, lesson, work in works for note in _notes(work)),
    )


def _concern(student: Student, lesson: str, why: str, *, page: bool = True) -> Concern:
    return Concern(student.name, student.slug, lesson, why, page)


def counted(attention: Attention, alike: int, hand_in: int) -> list[tuple[int, str]]:
    """How many there are of each kind, in words, without the kinds of which there are none."""
    kinds = (
        (len(attention.ungraded), "ungraded through our fault"),
        (len(attention.stopped), "stopped early"),
        (len(attention.noted), "with a note of the grader"),
        (alike, "look-alike" if alike == 1 else "look-alikes"),
        (hand_in, "about the hand-in"),
    )
    return [kind for kind in kinds if kind[0]]


def _how(card: Scorecard) -> str:
    """How it was stopped: 'time limit in `task2-work`: not finished after 300 seconds in all'."""
    state, failures = SHORT_STATES[card.execution.state], card.execution.failures
    if card.execution.state is State.NOT_RUN:
        return ": ".join([state, *card.notes[:1]])
    return f"{state} in `{failures[-1].cell}`: {failures[-1].error}" if failures else state


def _notes(work: Work) -> Iterator[str]:
    if work.card and work.card.execution.state is not State.NOT_RUN:
        yield from work.card.notes
    if work.graded and work.card and work.graded.attempts > 1:
        yield f"graded at attempt {work.graded.attempts}: a process of the grader was killed before"
