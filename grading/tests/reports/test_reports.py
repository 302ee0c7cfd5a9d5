import io
import json
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import nbformat
import pytest
from rich.console import Console

from grading.files import write_whole
from grading.jupyter.card import Card
from grading.lessons import find_lesson
from grading.marking.verdict import CheckResult, Scorecard, Verdict
from grading.reports import html, junit
from grading.reports import json as json_report
from grading.reports.failed_cells import failed_cells
from grading.reports.text import print_scorecard
from grading.running.execution_report import CellFailure, ExecutionReport, State

EVIL = '<script>alert(1)</script> & "quotes" [red]x[/red] \x00 \x1b[31m é 学'


def _card(text: str = "plain") -> Scorecard:
    results = [
        CheckResult(id=f"task1.c{n}", sentence=text, group="task1", verdict=verdict, max_points=4,
                    points=4 if verdict is Verdict.PASSED else 0, expected=text, found=text, hint=text)
        for n, verdict in enumerate(Verdict)
    ]  # fmt: skip
    report = ExecutionReport(
        state=State.RAISED, seconds=1.5, failures=(CellFailure(cell="task1-work", error=text),), notes=(text,)
    )
    return Scorecard(
        grader="0", lesson="M9_01", title=text, notebook=f"{text}.ipynb".replace("/", "-"), sha256="a" * 64,
        part="practice", execution=report, results=tuple(results),
    )  # fmt: skip


def test_json_gives_the_scorecard_back(tmp_path: Path) -> None:
    card = _card(EVIL)
    json_report.write([card], tmp_path / "new" / "r.json")
    stored = json.loads((tmp_path / "new" / "r.json").read_text())
    assert stored["version"] == 1
    (found,) = stored["scorecards"]
    sums = {name: found.pop(name) for name in ("score", "max_score", "percent", "graded")}
    assert sums == {"score": 4, "max_score": 20, "percent": 20, "graded": False}
    assert Scorecard.model_validate(found) == card


def test_a_result_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.json"
    write_whole(path, "first")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "second \udcff")
    assert path.read_text() == "first"
    assert [file.name for file in tmp_path.iterdir()] == ["r.json"]


def test_what_a_student_wrote_is_inert_in_html(tmp_path: Path) -> None:
    page = html.render(_card(EVIL))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    index = html.write([_card(EVIL)], tmp_path)[0].read_text()
    assert "<script>" not in index


def test_backticks_become_code_on_a_page_and_nothing_else_does() -> None:
    shown = "set `C<1` & log it"
    for page in (html.render(_card(shown)), Card(find_lesson("M9_01"), _card(shown).results)._repr_html_()):
        assert "set <code>C&lt;1</code> &amp; log it" in page


def test_a_failed_cell_without_an_id_is_named_by_number_and_first_line_and_shown() -> None:
    cells = [nbformat.v4.new_markdown_cell("# Mine"), nbformat.v4.new_code_cell("import mlflow\n1 / 0")]
    for cell in cells:
        del cell["id"]
    name = "number 2 “import mlflow”"
    (failed,) = failed_cells(
        [CellFailure(cell=name, error="ZeroDivisionError: division by zero")], SimpleNamespace(cells=cells)
    )
    assert (failed.cell, [line.text for line in failed.lines]) == (name, ["import mlflow", "1 / 0"])


def test_pages_need_no_network(tmp_path: Path) -> None:
    for page in html.write([_card()], tmp_path):
        assert "http" not in page.read_text().replace("http-equiv", "")


def test_two_notebooks_of_one_name_get_two_pages(tmp_path: Path) -> None:
    assert len(set(html.write([_card(), _card()], tmp_path))) == 3


def test_junit_tells_failed_skipped_and_error_apart() -> None:
    root = ElementTree.fromstring(junit.render([_card(EVIL)]))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "5",
        "2",
        "1",
        "1",
    )
    assert [child.tag for case in suite for child in case] == ["failure", "failure", "skipped", "error"]


def test_the_terminal_shows_text_and_not_markup() -> None:
    console = Console(width=120, file=io.StringIO(), record=True)
    print_scorecard(_card(EVIL), console)
    shown = console.export_text()
    assert "[red]x[/red]" in shown
    assert "\x1b" not in shown
    assert "ungraded" in shown


def test_the_notebook_card_is_inert_and_says_words_not_colours_alone() -> None:
    card = Card(find_lesson("M9_01"), _card(EVIL).results)
    assert "<script>" not in card._repr_html_()
    for word in ("passed", "not yet", "waits", "to do", "ungraded"):
        assert word in card._repr_html_()
        assert word in repr(card)
