"""The card: what a row says, in words and on a page, whoever reads it and whatever a student wrote."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grading.files import ROOT
from grading.jupyter.card import Card, RunLink
from grading.jupyter.mlflow_ui import run_link
from grading.lessons import LESSONS, find_lesson
from grading.marking.checklist import CHECKLIST
from grading.marking.lesson import PASS_MARK
from grading.marking.verdict import Verdict
from grading.tests.classroom import scorecard
from grading.tests.conftest import SCREENSHOTS, needs_browser
from grading.workshop.pictures.accessibility import complaints
from grading.workshop.pictures.browser import page_of

LESSON = find_lesson("M9_01")
EVIL = """</style></details><script>alert(1)</script><img src=x onerror="alert(2)"> ' " \x1b[31m `<b>`"""
ALL = tuple(Verdict)


def card(*verdicts: Verdict, group: str = "", said: str = "none", **more: Any) -> Card:
    """A card of M9_01 with these verdicts, repeated; of one group, or of all."""
    results = [row for row in scorecard("M9_01", verdicts, said).results if group in ("", row.group)]
    return Card(LESSON, tuple(results), **more)


class Seen(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def kinds(self) -> list[str]:
        """The tags in their order, without those that backticks make."""
        return [tag for tag, _ in self.tags if tag != "code"]

    def all(self, tag: str, name: str) -> list[dict[str, str | None]]:
        return [found for each, found in self.tags if each == tag and name in (found.get("class") or "")]


def test_the_same_rows_give_the_same_bytes() -> None:
    one, other = card(*ALL), card(*ALL)
    assert one.mime_bundle() == other.mime_bundle()


def test_a_row_says_state_points_and_what_was_asked() -> None:
    assert re.search(r"^  ✓ passed     4/4  Your runs go to an experiment", repr(card(Verdict.PASSED)), re.MULTILINE)
    assert re.search(r"^  ✗ not yet    0/4  Your runs go to an experiment", repr(card(Verdict.FAILED)), re.MULTILINE)


def test_a_row_that_waits_says_for_which() -> None:
    assert "waits for: a run" in repr(card(Verdict.BLOCKED))
    assert "<b>waits for</b> a run" in card(Verdict.BLOCKED)._repr_html_()


def test_in_words_hints_are_shown_when_asked_for() -> None:
    shown = repr(card(Verdict.FAILED, group="task2"))
    assert "log it" not in shown
    assert 'hints: check("task2", hint=True)' in shown
    assert "try: log it" in repr(card(Verdict.FAILED, group="task2", hint=True))
    assert "hints: check(hint=True)" in repr(card(Verdict.FAILED))
    assert "hints" not in repr(card(Verdict.PASSED))


def test_on_the_page_hints_are_folded_until_asked_for() -> None:
    for hint in (False, True):
        folds = Seen(card(Verdict.FAILED, group="task2", hint=hint)._repr_html_()).all("details", "m9-hint")
        assert folds
        assert all(("open" in fold) is hint for fold in folds)


def test_the_whole_card_says_how_far_it_is_from_passing() -> None:
    assert "0 of 100 points: 70 more to pass" in repr(card(Verdict.FAILED))
    assert "100 of 100 points: 70 pass, and you have them" in repr(card(Verdict.PASSED))
    assert "pass" not in repr(card(Verdict.FAILED, group="task2"))
    assert f"**{PASS_MARK} pass.**" in (ROOT / "notebooks" / "README.md").read_text("utf-8")


def test_the_whole_card_says_what_the_grading_does_beside_unless_it_was_done() -> None:
    said = "check(thorough=True)"
    assert said in repr(card(Verdict.PASSED))
    assert said in card(Verdict.PASSED)._repr_html_()
    assert said not in repr(card(Verdict.PASSED, thorough=True))
    assert said not in repr(card(Verdict.PASSED, group="task2"))


def test_what_could_not_be_checked_is_said_before_the_mark() -> None:
    assert "no fault of yours" in repr(card(Verdict.ERROR, Verdict.PASSED))


def test_only_what_is_done_is_folded_and_only_on_the_whole_card() -> None:
    def opened(shown: Card) -> list[bool]:
        return ["open" in group for group in Seen(shown._repr_html_()).all("details", "m9-group")]

    assert opened(card(Verdict.PASSED)) == [False] * 5
    assert opened(card(Verdict.FAILED)) == [True] * 5
    assert opened(card(Verdict.PASSED, group="task2")) == [True]


def test_the_run_is_a_link_into_the_mlflow_ui() -> None:
    run = RunLink("ridge", run_link("7", "ab" * 16))
    links = Seen(card(*ALL, run=run)._repr_html_()).tags
    assert run.url in [found.get("href") for tag, found in links if tag == "a"]
    assert f"the newest run that was checked: ridge, {run.url}" in repr(card(*ALL, run=run))


DECLARED = [
    *((f"{lesson.id} task {task.number}", task.reading) for lesson in LESSONS for task in lesson.tasks),
    *((check.id, check.reading) for check in CHECKLIST),
    *((check.id, check.reading) for lesson in LESSONS for check in lesson.checks if check.reading),
]


@pytest.mark.parametrize(("who", "reading"), DECLARED, ids=[who for who, _ in DECLARED])
def test_what_a_row_says_to_read_is_a_heading_of_a_page(who: str, reading: str) -> None:
    page, _, heading = reading.partition("#")
    lines = (ROOT / "docs" / page).read_text("utf-8").splitlines()
    assert heading in [line.lstrip("#").strip() for line in lines if line.startswith("#")]


def test_every_row_that_is_not_met_is_followed_by_what_to_read() -> None:
    links = [found["href"] for tag, found in Seen(card(Verdict.FAILED)._repr_html_()).tags if tag == "a"]
    own = [check for check in LESSON.checks if check.reading]
    assert len(links) == len(LESSON.tasks) + len(own) + len(CHECKLIST)
    assert "../docs/experiment_best_practices.md#10.-Record-which-data" in links
    assert "href" not in card(Verdict.PASSED)._repr_html_()


def test_what_a_student_wrote_is_shown_and_does_nothing() -> None:
    plain, hostile = (
        Seen(card(*ALL, said=said, run=RunLink(said, run_link(said, said)))._repr_html_()) for said in ("x", EVIL)
    )
    ours = {"style", "div", "p", "strong", "span", "i", "b", "a", "details", "summary", "table", "thead", "tbody"}
    assert {tag for tag, _ in hostile.tags} <= ours | {"tr", "th", "td", "code"}
    assert hostile.kinds() == plain.kinds()
    assert not [name for _, found in hostile.tags for name in found if name.startswith("on")]
    assert all((found["href"] or "").startswith(("../docs/", "http://localhost")) for found in _links(hostile))
    problem = Seen(Card(LESSON, (), problem=EVIL)._repr_html_())
    assert problem.kinds() == ["style", "div", "p", "b"]
    assert "\x1b" not in repr(card(*ALL, said="\x1b[31m"))


def _links(page: Seen) -> list[dict[str, str | None]]:
    return [found for tag, found in page.tags if tag == "a"]


def test_without_its_style_a_card_is_still_words() -> None:
    words = " ".join(Seen(re.sub(r"<style>.*?</style>", "", card(*ALL)._repr_html_(), flags=re.DOTALL)).words)
    for said in ("✓ passed", "✗ not yet", "○ waits", "○ to do", "! ungraded", "state what was asked points"):
        assert said in words


@pytest.mark.parametrize("theme", ["light", "dark"])
@needs_browser
def test_anybody_can_read_it(theme: str, browser: Any, tmp_path: Path) -> None:
    run = RunLink("ridge-alpha1", run_link("1", "ab" * 16))
    cards = (
        card(*ALL, group="task2", hint=True, run=run), card(*ALL, run=run), card(Verdict.PASSED, run=run),
        Card(LESSON, (), problem="expected one of task1"),
    )  # fmt: skip
    shown = "".join(each._repr_html_() for each in cards)
    colours = {"light": "background:#fff;color:#000", "dark": "background:#111;color:#ddd"}[theme]
    page_file = tmp_path / "cards.html"
    page_file.write_text(
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>Cards</title>'
        f'<body style="font:14px sans-serif;{colours}"><main>{shown}</main>',
        "utf-8",
    )
    with page_of(browser, width=900) as (page, said):
        page.goto(page_file.as_uri())
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"cards-{theme}.png", full_page=True)
        assert complaints(page) == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.screenshot(path=SCREENSHOTS / f"cards-{theme}-narrow.png", full_page=True)
        assert said == []


ASKED = """
from grading.jupyter.progress_line import ProgressLine
from grading.jupyter.card import Card
from grading.lessons import find_lesson
print("before")
with ProgressLine() as line:
    line.before(lambda request: None)(None)
    card = line.become(Card(find_lesson("M9_01"), (), problem="done"))
card
"""
INTERRUPTED = """
try:
    with ProgressLine() as line:
        line.before(lambda request: None)(None)
        raise KeyboardInterrupt
except KeyboardInterrupt:
    pass
"""
PREPARED = """
from multiprocessing import forkserver
from grading import instant
check = instant("M9_01")
assert forkserver._forkserver._forkserver_pid
"""


@pytest.fixture(scope="module")
def kernel_said() -> list[list[tuple[str, str]]]:
    """What an ordinary kernel stored under each cell: the output's type, and its text."""
    cells = [nbformat.v4.new_code_cell(source) for source in (ASKED, "card", INTERRUPTED, PREPARED)]
    node = NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", timeout=120).execute()
    return [
        [(one.output_type, one.get("text") or one.data["text/plain"]) for one in cell.outputs] for cell in node.cells
    ]


@pytest.mark.slow
def test_the_card_takes_the_place_of_the_line_and_is_not_shown_twice(kernel_said: Any) -> None:
    assert kernel_said[0] == [("stream", "before\n"), ("display_data", "M9_01: done")]


@pytest.mark.slow
def test_a_card_that_was_kept_can_be_shown_again(kernel_said: Any) -> None:
    assert kernel_said[1] == [("execute_result", "M9_01: done")]


@pytest.mark.slow
def test_a_check_that_was_interrupted_leaves_no_promise(kernel_said: Any) -> None:
    assert kernel_said[2] == [("display_data", "The check was stopped before it was done.")]


@pytest.mark.slow
def test_the_process_for_models_is_started_with_the_setup_cell(kernel_said: Any) -> None:
    assert kernel_said[3] == []  # the cell asserts it


def test_a_whole_card_asks_for_a_name_where_there_is_none() -> None:
    whole, asked = card(*ALL), "write your name into STUDENT"
    assert asked in repr(replace(whole, nameless=True))
    assert "Write your name into <code>STUDENT</code>" in replace(whole, nameless=True)._repr_html_()
    assert asked not in repr(whole)
