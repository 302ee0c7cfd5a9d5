"""The scorecard as one HTML file that needs no network."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from grading.assessment import lesson_or_own
from grading.reports.json import write_whole
from grading.reports.words import SIGNS, STATES, WORDS, group_title, points
from grading.verdict import Scorecard

_ENVIRONMENT = Environment(
    loader=PackageLoader("grading.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["points"] = points


def render(card: Scorecard) -> str:
    """The page of one scorecard; everything a student wrote is escaped."""
    lesson = lesson_or_own(card.lesson)
    groups = [
        (group_title(lesson, group), [result for result in card.results if result.group == group])
        for group in lesson.groups
        if any(result.group == group for result in card.results)
    ]
    template = _ENVIRONMENT.get_template("scorecard.html")
    return template.render(card=card, groups=groups, signs=SIGNS, words=WORDS, state=STATES[card.execution.state])


def write(cards: Sequence[Scorecard], folder: Path) -> list[Path]:
    """Write a page a scorecard and an index of them; returns the pages, the index first."""
    pages = []
    for card in cards:
        path = folder / f"{Path(card.notebook).stem}.html"
        write_whole(path, render(card))
        pages.append(path)
    index = folder / "index.html"
    rows = list(zip(cards, (page.name for page in pages), strict=True))
    write_whole(index, _ENVIRONMENT.get_template("index.html").render(rows=rows, states=STATES))
    return [index, *pages]
