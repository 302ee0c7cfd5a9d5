"""The class as one HTML file that needs no network: marks, what was missed most, who got what, look-alikes."""

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from grading.look_alikes import LookAlike
from grading.reports.class_statistics import LessonStatistics, lesson_statistics, missed_checks
from grading.reports.html import ENVIRONMENT
from grading.reports.roster import RESULTS, Roster, Standing, Work
from grading.verdict import State

SHOWN = 12  # checks that are seen without unfolding
SHORT_STATES = {
    State.RAISED: "errors",
    State.TIMED_OUT: "time limit",
    State.KERNEL_DIED: "kernel died",
    State.UNREADABLE: "bad output",
    State.NOT_RUN: "not run",
}
WIDTH, HEIGHT, GAP = 250, 64, 3  # of a histogram, in its own units


def render(roster: Roster, alike: Sequence[LookAlike], downloads: Sequence[str] = ()) -> str:
    """The page; everything a student wrote is escaped. `downloads`: files beside the page to link to."""
    works = [(student, lesson, student.work(lesson)) for student in roster.students for lesson in roster.lessons]
    template = ENVIRONMENT.get_template("class.html")
    return template.render(
        roster=roster,
        statistics=lesson_statistics(roster),
        missed=missed_checks(roster),
        shown=SHOWN,
        ungraded=[entry for entry in works if entry[2].standing is Standing.UNGRADED],
        pending=sum(work.standing is Standing.PENDING for _, _, work in works),
        marks=sum(work.standing is Standing.GRADED for _, _, work in works),
        alike=alike,
        downloads=downloads,
        Standing=Standing,
        state=_state,
        histogram=histogram,
        page=_page,
        totals={student.slug or student.name: _total(roster, student.works) for student in roster.students},
    )


def histogram(statistics: LessonStatistics) -> Markup:
    """The marks in tenths as a small drawing; the words beside it say the same."""
    bins = statistics.bins
    most, width = max(bins) or 1, WIDTH / len(bins)
    bars = []
    for position, count in enumerate(bins):
        height = count / most * (HEIGHT - 16)
        x, y = position * width, HEIGHT - height
        bars.append(f'<rect x="{x + GAP / 2:.1f}" y="{y:.1f}" width="{width - GAP:.1f}" height="{height:.1f}"/>')
        if count:
            bars.append(f'<text x="{x + width / 2:.1f}" y="{y - 3:.1f}">{count}</text>')
    tenth = 100 // len(bins)
    said = ", ".join(f"{n * tenth} to {(n + 1) * tenth} %: {count}" for n, count in enumerate(bins) if count)
    # Numbers only: nothing here was written by a student.
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="marks: {said or "none"}">{"".join(bars)}</svg>'
    )


def _page(slug: str, lesson: str, check: str = "") -> str:
    """The address of a scorecard, from the class page."""
    return quote(f"{RESULTS}/{slug}/{lesson}.html") + (f"#{quote(check)}" if check else "")


def _state(work: Work) -> str:
    """What to say of how the notebook ran; nothing when it ran to its end."""
    return SHORT_STATES.get(work.card.execution.state, "") if work.card else ""


def _total(roster: Roster, works: dict[str, Work]) -> float | None:
    scores = [card.score for lesson in roster.lessons if lesson in works and (card := works[lesson].card)]
    return sum(scores) if scores else None
