"""An interactive figure as evidence: an HTML page that shows what it must, and needs nothing from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from grading.errors import Unmet
from grading.evidence.comparison import equal
from grading.evidence.log_reading import NUMBER

LARGEST = 8_000_000  # characters
FETCHING = {"src", "href", "data", "poster", "xlink:href", "action"}
HARMLESS_TAGS = frozenset({"a"})  # a link is followed by a person
REMOTE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
LOADED = re.compile(
    r"@import|url\(\s*['\"]?\s*(?:https?:)?//|\b(?:import|fetch|importScripts)\s*\(?\s*['\"]https?://", re.I
)
DRAWN = frozenset({"svg", "canvas", "table"})
MARKS = frozenset({"path", "polyline", "line", "rect", "circle", "polygon", "td", "tr", "use"})
ANSWERS = frozenset({"script", "input", "select", "button", "details", "title"})
POINTER = re.compile(r":hover|:focus|:checked|:target", re.I)


@dataclass
class Page(HTMLParser):
    """What matters of an HTML page."""

    fetched: list[str] = field(default_factory=list)  # addresses of what it would load
    drawn: bool = False
    marks: int = 0
    answers: bool = False  # to a pointer
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag draws, and what it loads."""
        values = {name.lower(): value or "" for name, value in attrs}
        if tag not in HARMLESS_TAGS:
            self.fetched += [values[name] for name in FETCHING & values.keys() if REMOTE.match(values[name])]
        self.drawn |= tag in DRAWN
        self.marks += tag in MARKS
        self.answers |= tag in ANSWERS or any(name.startswith("on") for name in values)
        self.text += values.values()

    def handle_data(self, data: str) -> None:
        """Note the text, that of scripts and styles too."""
        self.text.append(data)
        self.answers |= bool(POINTER.search(data))
        self.fetched += LOADED.findall(data)[:1]

    def numbers(self) -> Iterator[float]:
        """The numbers that stand in the page."""
        yield from (float(found) for text in self.text for found in NUMBER.findall(text))


def read_page(file: Path) -> Page:
    """Read an HTML file; raises Unmet when it is too large or not text."""
    try:
        content = file.read_text("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise Unmet(f"{file.name} as HTML", str(error)[:100], "mlflow.log_text(page, name)") from None
    if len(content) > LARGEST:
        raise Unmet(f"{file.name} of at most 8 MB", f"{len(content):,} characters", "leave libraries out")
    page = Page()
    try:
        page.feed(content)
        page.close()
    except (AssertionError, ValueError, RecursionError) as error:
        raise Unmet(f"{file.name} as HTML", str(error)[:100] or "not HTML", "write it anew") from None
    return page


def require_interactive(page: Page, name: str) -> None:
    """Raise Unmet unless the page draws something, answers to a pointer, and fetches nothing."""
    if not (page.drawn and page.marks):
        raise Unmet(f"a drawing or a table in {name}", "an empty page", "an svg, a canvas or a table with content")
    if page.fetched:
        raise Unmet(f"{name} to fetch nothing", page.fetched[:2], "MLflow shows it in a frame, students are offline")
    if not page.answers:
        raise Unmet(f"{name} to answer when one points at it", "a picture that stands still", ":hover, or a script")


def require_shown(page: Page, name: str, wanted: dict[str, float]) -> None:
    """Raise Unmet unless each name stands in the page, and its value, rounded to three decimals or more."""
    text, numbers = " ".join(page.text), list(page.numbers())
    for label, value in wanted.items():
        if label not in text:
            raise Unmet(f"{label!r} in {name}", "not there", "a line a family, with its name")
        if not any(equal(number, value) for number in numbers):
            raise Unmet(f"{value:.4f} of {label!r} in {name}", "not there", "draw the numbers of comparison.csv")
