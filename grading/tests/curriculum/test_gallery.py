"""The gallery: its cases cover every check, its counts are right, and the page with its table is true."""

import json
import re
from pathlib import Path

import pytest

from grading.curriculum.gallery import Case, Judgement, Tally, cases, judge, tally
from grading.curriculum.gallery_table import COLUMNS, gallery_row, gallery_table
from grading.errors import NotebookError
from grading.files import ROOT
from grading.lessons import LESSONS, find_lesson
from grading.marking.checklist import CHECKLIST
from grading.marking.lesson import Lesson


def case(folder: Path, lost: list[str], **more: object) -> Case:
    (folder / "expected.json").write_text(json.dumps({"why": "a test", "lost": lost} | more))
    return Case(find_lesson("M9_01"), folder)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_check_of_a_lesson_is_lost_by_a_mutant(lesson: Lesson) -> None:
    lost = {check for case in cases(lesson) for check in case.expected["lost"]}
    assert {check.id for check in lesson.checks} - lost == set()


def test_every_item_of_the_checklist_is_lost_by_a_mutant() -> None:
    lost = {check for lesson in LESSONS for case in cases(lesson) for check in case.expected["lost"]}
    assert {check.id for check in CHECKLIST} - lost == set()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_has_a_notebook_that_was_made_from_scratch(lesson: Lesson) -> None:
    whole = [case for case in cases(lesson) if list(case.folder.glob("*.ipynb"))]
    assert whole
    assert not any(case.is_mutant for case in whole)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_case_says_why_and_names_checks_that_exist(lesson: Lesson) -> None:
    known = {check.id for check in (*lesson.checks, *CHECKLIST)}
    for found in cases(lesson):
        assert len(found.expected["why"].split()) >= 2, found.name
        assert set(found.expected["lost"]) <= known, found.name


def test_precision_counts_what_was_taken_and_recall_what_had_to_be_taken(tmp_path: Path) -> None:
    for name in ("one", "two", "right"):
        (tmp_path / name).mkdir()
    counts = tally(
        [
            Judgement(case(tmp_path / "one", ["a", "b"]), frozenset({"a", "c"}), ()),
            Judgement(case(tmp_path / "two", ["a"]), frozenset({"a"}), ()),
            Judgement(case(tmp_path / "right", []), frozenset({"d"}), ()),
        ]
    )
    assert counts == Tally(mutants=2, right_answers=1, taken_rightly=2, taken_wrongly=2, not_taken=1)
    assert counts.precision == 0.5
    assert counts.recall == pytest.approx(2 / 3)


def test_an_edit_that_is_not_in_the_solution_is_an_error_of_the_author(tmp_path: Path) -> None:
    stale = case(tmp_path, ["task1.x"], edits={"task1": [["no such line", ""]]})
    with pytest.raises(NotebookError, match="no such line"):
        stale.notebook()
    assert "no such line" in judge(stale).problems[0]


def test_the_table_has_a_line_for_each_lesson_and_one_for_all(tmp_path: Path) -> None:
    table = gallery_table([Judgement(case(tmp_path, ["a"]), frozenset({"a"}), ())])
    assert [column.header for column in table.columns] == list(COLUMNS)
    assert table.row_count == 2


def test_the_page_shows_the_gallery_as_it_is_and_no_mistake_of_the_grader() -> None:
    """The judgements themselves are held case by case in test_curriculum; here the page is held to their counts."""
    page = (ROOT / "docs" / "results.md").read_text("utf-8")
    shown = {row[0]: row[1:] for row in re.findall(r"^\| " + r" \| ".join([r"([^|]+)"] * 8) + r" \|$", page, re.M)}
    exact = [Judgement(found, frozenset(found.expected["lost"]), ()) for lesson in LESSONS for found in cases(lesson)]
    for lesson in LESSONS:
        assert shown[lesson.id] == tuple(gallery_row(tally(j for j in exact if j.case.lesson is lesson)))
    assert shown["all"] == tuple(gallery_row(tally(exact)))
