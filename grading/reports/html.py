"""The scorecard as one HTML file that needs no network."""

import itertools
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grading.lessons import lesson_or_own
from grading.reports.json import write_whole
from grading.reports.words import SIGNS, STATES, WORDS, as_html, clean, group_title, points
from grading.verdict import Scorecard

ENVIRONMENT = Environment(
    loader=PackageLoader("grading.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["points"] = points
ENVIRONMENT.filters["as_html"] = lambda text: Markup(as_html(text))
ENVIRONMENT.finalize = lambda value: clean(value) if type(value) is str else value


def render(card: Scorecard) -> str:
    """The page of one scorecard; everything a student wrote is escaped."""
    lesson = lesson_or_own(card.lesson)
    groups = [
        (group_title(lesson, group), [result for result in card.results if result.group == group])
        for group in lesson.groups
        if any(result.group == group for result in card.results)
    ]
    template = ENVIRONMENT.get_template("scorecard.html")
    return template.render(card=card, groups=groups, signs=SIGNS, words=WORDS, state=STATES[card.execution.state])


def write(cards: Sequence[Scorecard], folder: Path) -> list[Path]:
    """Write a page a scorecard and an index of them; returns the pages, the index first."""
    taken: set[str] = set()
    rows = []
    for card in cards:
        name = f"{_unused(Path(clean(card.notebook)).stem, taken)}.html"
        write_whole(folder / name, render(card))
        rows.append((card, name))
    index = folder / "index.html"
    write_whole(index, ENVIRONMENT.get_template("index.html").render(rows=rows, states=STATES))
    return [index, *(folder / name for _, name in rows)]


def _unused(stem: str, taken: set[str]) -> str:
    """The stem, numbered when another notebook, in another folder, has the same name."""
    numbers = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    name = next(name for name in numbers if name.casefold() not in taken | {"index"})
    taken.add(name.casefold())
    return name
