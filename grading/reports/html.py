"""The scorecard as one HTML file that needs no network, and may run no script."""

import itertools
import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grading.evidence.figures import MOST_FIGURES
from grading.files import ROOT, write_whole
from grading.lessons import lesson_or_own
from grading.marking.verdict import CheckResult, Scorecard, Verdict
from grading.reports.exhibits import Exhibits
from grading.reports.failed_cells import failed_cells
from grading.reports.words import SIGNS, STATES, WORDS, as_html, clean, group_title, points, said_of

MOST_NEXT = 3  # rows to begin with
# Folders of the machine that graded: where a notebook ran, and where this project lies.
HERE: Final = re.compile(rf"(?:/[\w.+-]+)*/grading-[\w-]+/run(?:/(?:work|private))?/?|{re.escape(str(ROOT))}/")


def without_folders(text: str) -> str:
    """Text without the folders of the machine that graded: `/tmp/…/scores.csv` becomes `scores.csv`."""
    return HERE.sub("", text)


def templates_of(room: str) -> Environment:
    """The templates of a room such as `grading.reports`, and those of this one that they include."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader(room), PackageLoader("grading.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["points"] = points
    found.filters["said_of"] = said_of
    found.filters["as_html"] = lambda text: Markup(as_html(without_folders(text)))
    found.finalize = lambda value: clean(without_folders(value)) if type(value) is str else value
    return found


TEMPLATES = templates_of("grading.reports")


def render(card: Scorecard, exhibits: Exhibits | None = None) -> str:
    """The page of one scorecard, at most 400 kB; everything a student wrote is escaped.

    Without exhibits, it shows no runs, no figures and no source of failing cells.
    """
    lesson = lesson_or_own(card.lesson)
    groups = [
        (group, group_title(lesson, group), [result for result in card.results if result.group == group])
        for group in lesson.groups
        if any(result.group == group for result in card.results)
    ]
    template = TEMPLATES.get_template("scorecard.html")
    return template.render(
        card=card,
        groups=groups,
        next=next_steps(card),
        failures=exhibits.failures if exhibits else failed_cells(card.execution.failures),
        exhibits=exhibits or Exhibits(),
        most_figures=MOST_FIGURES,
        command=home_command(card, solution=bool(exhibits and exhibits.solution)),
        signs=SIGNS,
        words=WORDS,
        state=STATES[card.execution.state],
    )


def next_steps(card: Scorecard) -> list[CheckResult]:
    """The rows to begin with: not passed, and waiting for no other."""
    own = [result for result in card.results if result.verdict in (Verdict.FAILED, Verdict.NOT_ATTEMPTED)]
    return own[:MOST_NEXT]


def home_command(card: Scorecard, *, solution: bool = False) -> str:
    """The command that gives the same scorecard at home, in the module's folder; the name is quoted for a shell."""
    name = PurePosixPath(clean(card.notebook)).name or "notebook.ipynb"
    words = [".venv/bin/grading", "grade", shlex.quote(f"notebooks/{name}"), "--html", "report"]
    words += [] if name.startswith(f"{card.lesson}_") else ["--lesson", card.lesson]
    words += [] if card.part == "practice" else ["--part", card.part]
    return " ".join([*words, *(["--solution"] if solution else [])])


def write(cards: Sequence[Scorecard], folder: Path, exhibits: Sequence[Exhibits] = ()) -> list[Path]:
    """Write a page a scorecard and an index of them; returns the pages, the index first."""
    taken: set[str] = set()
    rows = []
    for card, shown in itertools.zip_longest(cards, exhibits):
        name = f"{_unused(Path(clean(card.notebook)).stem, taken)}.html"
        write_whole(folder / name, render(card, shown))
        rows.append((card, name))
    index = folder / "index.html"
    write_whole(index, TEMPLATES.get_template("index.html").render(rows=rows, states=STATES))
    return [index, *(folder / name for _, name in rows)]


def _unused(stem: str, taken: set[str]) -> str:
    """The stem, numbered when another notebook, in another folder, has the same name."""
    numbers = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    name = next(name for name in numbers if name.casefold() not in taken | {"index"})
    taken.add(name.casefold())
    return name
