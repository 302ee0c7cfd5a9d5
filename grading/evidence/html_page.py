"""An interactive figure as evidence: an HTML page that shows what it must, and needs nothing from elsewhere."""

import base64
import binascii
import contextlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from grading.errors import Unmet
from grading.evidence.comparison import equal

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
# What a script calls when it draws: on a canvas, or by making tags.
DRAWS = re.compile(
    r"getContext\s*\(|createElement(?:NS)?\s*\(|\b(?:inner|outer)HTML\b|insertAdjacentHTML\s*\(|document\.write"
    r"|Plotly\.(?:newPlot|react)\s*\("
)
# mlflow.log_figure keeps a plotly figure as a page that fetches plotly itself, and only that, from here.
PLOTLY = re.compile(r"^\s*(?:https:)?//cdn\.plot\.ly/plotly-[\w.-]+\.js$", re.IGNORECASE)
# How plotly writes an array of numbers: {"dtype": "f8", "bdata": base64}, little-endian.
ARRAY = re.compile(r'\{"dtype":"([fiu][1248])","bdata":"([^"]{0,1000000})"')
DATA_TYPES = re.compile(r"json|text/plain|csv", re.I)  # of a script that is data and runs nothing
NUMBER = re.compile(r"(?<![\w.])-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,2})?(?!\w)")  # JSON writes every decimal


@dataclass
class Page(HTMLParser):
    """What matters of an HTML page."""

    fetched: list[str] = field(default_factory=list)  # addresses of what it would load
    drawn: bool = False
    marks: int = 0
    answers: bool = False  # to a pointer
    text: list[str] = field(default_factory=list)
    runs: bool = False  # whether what is read now is a script's code

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag draws, and what it loads."""
        values = {name.lower(): value or "" for name, value in attrs}
        if tag not in HARMLESS_TAGS:
            addresses = [values[name] for name in FETCHING & values.keys() if REMOTE.match(values[name])]
            self.fetched += [address for address in addresses if not (tag == "script" and PLOTLY.match(address))]
        self.drawn |= tag in DRAWN
        self.marks += tag in MARKS
        self.answers |= tag in ANSWERS or any(name.startswith("on") for name in values)
        self.text += values.values()
        self.runs = tag == "script" and not DATA_TYPES.search(values.get("type", ""))

    def handle_endtag(self, tag: str) -> None:
        """Note that a script ends."""
        self.runs = self.runs and tag != "script"

    def handle_data(self, data: str) -> None:
        """Note the text, that of scripts and styles too."""
        self.text.append(data)
        self.answers |= bool(POINTER.search(data))
        self.fetched += LOADED.findall(data)[:1]
        if self.runs and DRAWS.search(data):
            self.drawn, self.marks = True, self.marks + 1

    def numbers(self) -> Iterator[float]:
        """The numbers that stand in the page, those in plotly's arrays too."""
        yield from (float(found) for text in self.text for found in NUMBER.findall(text))
        for kind, coded in (found for text in self.text for found in ARRAY.findall(text)):
            with contextlib.suppress(ValueError, binascii.Error):
                content = base64.b64decode(coded.replace("\\u002f", "/").replace("\\u002b", "+"), validate=True)
                yield from map(float, np.frombuffer(content, np.dtype(f"<{kind}")))


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
    if page.fetched:
        hint = "of plotly: mlflow.log_figure(figure, name), or figure.write_html(path, include_plotlyjs=True)"
        raise Unmet(f"{name} to fetch nothing from elsewhere", page.fetched[:2], hint)
    if not (page.drawn and page.marks):
        hint = "an svg or a table with content, or a script that draws on a canvas"
        raise Unmet(f"a drawing or a table in {name}", "an empty page", hint)
    if not page.answers:
        raise Unmet(f"{name} to answer when one points at it", "a picture that stands still", ":hover, or a script")


def require_shown(page: Page, name: str, wanted: Mapping[str, Collection[float]]) -> None:
    """Raise Unmet unless each name stands in the page, and one of its values, rounded to three decimals or more."""
    text, numbers = " ".join(page.text), list(page.numbers())
    for label, values in wanted.items():
        if label not in text and json.dumps(label)[1:-1] not in text:
            raise Unmet(f"{label!r} in {name}", "not there", "a line a family, with its name")
        if not any(equal(number, value) for number in numbers for value in values):
            shown = " or ".join(f"{value:.4f}" for value in values)
            raise Unmet(f"{shown} of {label!r} in {name}", "not there", "draw the numbers of comparison.csv")
