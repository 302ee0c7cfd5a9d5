"""What the terminal says before and after a class run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean

from rich.console import Console

from grading.cohort.class_run import Outcome, Plan
from grading.cohort.graded import Graded
from grading.cohort.submissions import Found
from grading.reports.text import escape

MOST = 20  # lines of one kind


def print_found(found: Found, console: Console) -> None:
    """Who handed in what, and what could not be used."""
    counts = f"{len(found.students)} students, {len(found.submissions)} submissions"
    _say(console, [f"Layout {escape(found.layout)}: {counts}"])
    _say(console, [f"[yellow]![/] {escape(problem)}" for problem in found.problems])


def print_plan(plan: Plan, console: Console) -> None:
    """What is graded already, and what is to be graded."""
    _say(console, [f"[yellow]![/] {escape(note)}" for note in plan.notes])
    lessons = Counter(job.lesson for job in plan.jobs)
    each = ", ".join(f"{lesson} {count}" for lesson, count in sorted(lessons.items()))
    rest = f"{len(plan.jobs)} to grade{f': {each}' if each else ''}"
    _say(console, [f"{len(plan.known)} graded already, {escape(rest)}"])


def print_jobs(plan: Plan, console: Console) -> None:
    """Each submission that would be graded."""
    for job in plan.jobs:
        console.print(escape(f"{job.name}  {job.origin}"), soft_wrap=True, highlight=False)


def print_outcome(outcome: Outcome, console: Console) -> None:
    """How many, how good, who is ungraded and why, where it all lies; and how to go on."""
    cards = [one.scorecard for one in outcome.graded if one.graded and one.scorecard]
    mean = f", {fmean(card.percent for card in cards):.1f} % on average" if cards else ""
    _say(console, [f"{len(cards)} graded{mean}"])
    for reason, names in _reasons(outcome.graded):
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        who = f"{', '.join(names[:MOST])}{more}"
        _say(console, [f"[yellow]![/] {len(names)} ungraded, not marked as zero: {escape(f'{reason}: {who}')}"])
    _say(console, [escape(str(path)) for path in outcome.reports])
    if outcome.stopped:
        _say(console, [f"[yellow]![/] {escape(outcome.stopped)}"])
    if not outcome.complete:
        kept = f" with the {outcome.missing} that are left; what is graded is kept" if outcome.missing else ""
        again = "" if outcome.missing else " to try the ungraded ones once more"
        _say(console, [f"Run the same command again: it goes on{kept}{again}"])


def _reasons(graded: Sequence[Graded]) -> Iterator[tuple[str, list[str]]]:
    """Why submissions are ungraded, the most frequent reason first, and whose they are."""
    rest = [one for one in graded if not one.graded]
    for reason, _ in Counter(one.problem for one in rest).most_common():
        yield reason, [f"{one.student} {one.lesson}" for one in rest if one.problem == reason]


def _say(console: Console, lines: Sequence[str]) -> None:
    for text in lines[:MOST]:
        console.print(text, soft_wrap=True, highlight=False)
    if len(lines) > MOST:
        console.print(f"  and {len(lines) - MOST} more", highlight=False)
