"""The class as one HTML file that needs no network: what needs a person, marks, what was missed most, costs, who."""

import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from grading.class_reports.attention import attention_of, counted
from grading.class_reports.costs import FAR, MOST_NAMED, class_costs
from grading.class_reports.plots import dots, histogram
from grading.class_reports.roster import RESULTS, Roster, Standing, Work
from grading.class_reports.statistics import lesson_statistics, missed_checks
from grading.cohort.look_alikes import LookAlike
from grading.reports.html import templates_of
from grading.reports.words import SHORT_STATES

TEMPLATES = templates_of("grading.class_reports")
SHOWN = 12  # checks that are seen without unfolding
FIRST = 4  # of each kind of what needs a person


def render(roster: Roster, alike: Sequence[LookAlike], downloads: Sequence[str] = ()) -> str:
    """The page; everything a student wrote is escaped. `downloads`: files beside the page to link to."""
    works = [student.work(lesson) for student in roster.students for lesson in roster.lessons]
    attention = attention_of(roster)
    template = TEMPLATES.get_template("class.html")
    script = TEMPLATES.get_template("class.js").render()
    return template.render(
        roster=roster,
        statistics=lesson_statistics(roster),
        missed=missed_checks(roster),
        shown=SHOWN,
        attention=attention,
        things=counted(attention, len(alike), len(roster.problems)),
        first=FIRST,
        costs=class_costs(roster),
        far=FAR,
        most_named=MOST_NAMED,
        pending=sum(work.standing is Standing.PENDING for work in works),
        marks=sum(work.standing is Standing.GRADED for work in works),
        alike=alike,
        downloads=downloads,
        Standing=Standing,
        state=_state,
        histogram=histogram,
        dots=dots,
        page=_page,
        script=Markup(script),  # ours
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        totals={student.slug or student.name: _total(roster, student.works) for student in roster.students},
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
