"""The Markdown of a CI run's page."""

from pathlib import Path

from grading.marking.verdict import Verdict
from grading.reports import markdown
from grading.running.execution_report import State
from grading.tests.classroom import scorecard


def test_it_has_a_row_a_scorecard_and_no_more_when_nothing_is_missing(tmp_path: Path) -> None:
    cards = [scorecard("M9_01", [Verdict.PASSED]), scorecard("M9_02", [Verdict.PASSED])]
    markdown.write(cards, tmp_path / "report" / "summary.md")
    lines = (tmp_path / "report" / "summary.md").read_text("utf-8").splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == ["100/100", "100/100"]


def test_what_is_missing_is_said_in_the_lessons_sentences_and_nothing_in_the_students_words() -> None:
    card = scorecard("M9_01", [Verdict.FAILED, Verdict.NOT_ATTEMPTED], "<script>|", state=State.KERNEL_DIED)
    text = markdown.render([card])
    assert text.count("\n- ") == len(card.results)
    assert f"- ✗ not yet: {card.results[0].sentence} (0/{card.results[0].max_points:g})" in text
    assert "stopped when its kernel died" in text
    assert "<" not in text


def test_an_ungraded_scorecard_shows_no_points() -> None:
    text = markdown.render([scorecard("M9_01", [Verdict.PASSED, Verdict.ERROR])])
    assert "| ungraded |" in text
    assert "/100" not in text
