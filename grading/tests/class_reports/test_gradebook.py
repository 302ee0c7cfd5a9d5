import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from grading.class_reports import gradebook
from grading.class_reports.roster import Roster, Standing, roster_of
from grading.cohort.graded import Graded
from grading.cohort.submissions import Found, Identity, Submission
from grading.marking.verdict import CheckResult, Verdict
from grading.running.execution_report import State
from grading.tests.classroom import classroom, graded, scorecard, submission

ADA, BO, CHEN, DORA = "Ada", "Bo", "Chen", "Dora"


def _found(*works: Submission, layout: str = "student/notebook", students: tuple[str, ...] = ()) -> Found:
    return Found(layout, works, (), tuple({work.student: None for work in works}) + students)


def _small(layout: str = "student/notebook") -> Roster:
    """Ada has a mark, Bo's check broke on our side, Chen's was not come to, Dora has nothing."""
    ada, bo = submission(ADA, sid="11", late=True), submission(BO, sid="12")
    chen = submission(CHEN, sid="13")
    card = scorecard("M9_01", [Verdict.PASSED])
    broken = scorecard("M9_01", [Verdict.PASSED, Verdict.ERROR], "disk full")
    found = _found(ada, bo, chen, layout=layout, students=(DORA,))
    return roster_of(found, [graded(ada, card), graded(bo, broken)])


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(gradebook.BOM))))


def test_a_mark_is_a_number_and_everything_else_is_empty() -> None:
    ada, bo, chen, dora = _rows(gradebook.plain(_small()))
    assert (ada["M9_01 score"], ada["M9_01 state"], ada["M9_01 late"], ada["percent"]) == (
        "100", "FINISHED", "late", "100",
    )  # fmt: skip
    assert [row["M9_01 state"] for row in (bo, chen, dora)] == ["ungraded", "not graded yet", "not handed in"]
    for row in (bo, chen, dora):
        assert (row["M9_01 score"], row["total"], row["percent"], row["M9_01 max"]) == ("", "", "", "100")


def test_a_zero_is_a_mark() -> None:
    work = submission(ADA)
    (row,) = _rows(gradebook.plain(roster_of(_found(work), [graded(work, scorecard("M9_01", [Verdict.FAILED]))])))
    assert (row["M9_01 score"], row["total"], row["percent"]) == ("0", "0", "0")


def test_a_percentage_is_given_only_when_every_lesson_has_a_mark() -> None:
    first, second, other = submission(ADA), submission(ADA, "M9_02"), submission(BO, "M9_02")
    cards = [
        graded(first, scorecard("M9_01", [Verdict.PASSED])),
        graded(second, scorecard("M9_02", [Verdict.FAILED])),
        graded(other, scorecard("M9_02", [Verdict.PASSED])),
    ]
    ada, bo = _rows(gradebook.plain(roster_of(_found(first, second, other), cards)))
    assert (ada["total"], ada["marks"], ada["percent"]) == ("100", "2", "50")
    assert (bo["total"], bo["marks"], bo["percent"]) == ("100", "1", "")


def test_why_a_check_broke_is_said() -> None:
    (_, bo, _, _) = _small().students
    assert bo.work("M9_01").standing is Standing.UNGRADED
    assert bo.work("M9_01").problem.endswith("disk full")


def test_canvas_finds_its_columns_and_the_points_there_are() -> None:
    points, ada, bo, *_ = _rows(gradebook.canvas(_small("Canvas")))
    assert list(points) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "M9_01"]
    assert (points["Student"], points["M9_01"]) == ("Points Possible", "100")
    assert (ada["ID"], ada["SIS Login ID"], ada["M9_01"]) == ("11", "", "100")
    assert (bo["ID"], bo["M9_01"]) == ("12", "")


def test_an_id_of_another_platform_is_not_given_to_canvas_as_its_own() -> None:
    for layout, login in (("nbgrader", "11"), ("Moodle", ""), ("flat and Moodle", "")):
        _, ada, *_ = _rows(gradebook.canvas(_small(layout)))
        assert (ada["ID"], ada["SIS Login ID"]) == ("", login), layout


def test_an_id_belongs_to_the_platform_that_gave_it_in_a_class_of_several() -> None:
    ada, bo = replace(submission(ADA, sid="11"), platform="Canvas"), replace(submission(BO), platform="flat")
    chen = replace(submission(CHEN, sid="13"), platform="Moodle")
    identities = {DORA: Identity("Canvas", "14")} | {
        one.student: Identity(one.platform, one.sid) for one in (ada, bo, chen)
    }
    found = replace(_found(ada, bo, chen, layout="Canvas and flat and Moodle", students=(DORA,)), identities=identities)
    results = [graded(one, scorecard("M9_01", [Verdict.PASSED]), platform=one.platform) for one in (ada, bo, chen)]
    for roster in (roster_of(found, results), roster_of(found, [])):
        _, *rows = _rows(gradebook.canvas(roster))
        assert [(row["ID"], row["SIS Login ID"]) for row in rows] == [("11", ""), ("", BO), ("", ""), ("14", "")]
        assert [row["Username"] for row in _rows(gradebook.moodle(roster))] == ["", BO, "", ""]
    (row,) = _rows(gradebook.worksheet(roster_of(found, results), "M9_01"))
    assert row["Identifier"] == "Participant 13"


def test_a_student_called_points_possible_sets_no_points() -> None:
    work = submission("Points  possible")
    rows = _rows(gradebook.canvas(roster_of(_found(work), [])))
    assert [row["Student"] for row in rows] == ["Points Possible", "Points_Possible"]


def test_canvas_gets_a_bare_first_cell_after_the_mark_for_utf8(tmp_path: Path) -> None:
    gradebook.write(_small(), tmp_path)
    assert (tmp_path / "gradebook-canvas.csv").read_bytes().startswith(b"\xef\xbb\xbfStudent,")


def test_moodle_gets_a_grade_and_a_feedback_for_each_lesson() -> None:
    ada, bo, *_ = _rows(gradebook.moodle(_small("flat")))
    assert list(ada) == ["Username", "Full name", "M9_01", "M9_01 feedback"]
    assert ada == {"Username": "11", "Full name": ADA, "M9_01": "100", "M9_01 feedback": "Every check passed."}
    assert (bo["M9_01"], bo["M9_01 feedback"]) == ("", "")


def test_a_moodle_zip_gets_the_worksheet_that_moodle_takes_back(tmp_path: Path) -> None:
    gradebook.write(_small("Moodle"), tmp_path)
    (ada,) = _rows((tmp_path / "moodle-worksheet-M9_01.csv").read_text("utf-8"))
    assert (ada["Identifier"], ada["Grade"], ada["Maximum Grade"]) == ("Participant 11", "100", "100")
    assert "Last modified (grade)" in ada
    gradebook.write(_small(), tmp_path / "other")
    assert not list((tmp_path / "other").glob("moodle-worksheet*"))


def test_feedback_holds_the_sentences_of_what_was_missed_and_nothing_of_the_students() -> None:
    work = submission(ADA)
    card = scorecard("M9_01", [Verdict.PASSED, Verdict.FAILED], "<script>")
    row = CheckResult(id="x", sentence="a < b", group="task1", verdict=Verdict.FAILED, points=0, max_points=1)
    card = card.model_copy(update={"results": (*card.results, row)})
    said = gradebook.feedback(roster_of(_found(work), [graded(work, card)]).students[0].work("M9_01"))
    assert said.startswith("Not yet: ")
    assert card.results[1].sentence in said
    assert "a &lt; b" in said
    assert "script" not in said


def test_nbgrader_gets_its_own_columns_and_no_zero() -> None:
    text = gradebook.nbgrader(_small("nbgrader"))
    assert text.splitlines()[0] == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
        "max_score"
    )
    ada, bo, *_ = _rows(text)
    assert (ada["assignment"], ada["student_id"], ada["raw_score"], ada["score"]) == ("M9_01", "11", "100", "100")
    assert (bo["raw_score"], bo["score"], bo["max_score"]) == ("", "", "100")


@pytest.mark.parametrize("text", ["=1+1", "+1-1", "-1-1", "@sum", "\t=1", "\r\n=1", " =1", "-anna", "＝1", "=", "--"])
def test_no_text_is_a_formula(text: str) -> None:
    shown = gradebook.inert(text)
    assert shown == "=" or not shown.startswith(gradebook.FORMULA)


@pytest.mark.parametrize("text", ["-", "O'Brien", "-3", "+49", "-2.5", "Łukasz", "李小龍", "Anna-Lena", "a@b.org", ""])
def test_names_and_numbers_stay_as_they_are(text: str) -> None:
    assert gradebook.inert(text) == text


def test_a_spreadsheet_with_another_separator_does_not_split_a_name() -> None:
    work = submission("x;=1+1")
    text = gradebook.plain(roster_of(_found(work), []))
    assert '\n"x;=1+1",' in text


def _books(found: Found, results: list[Graded], folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in gradebook.write(roster_of(found, results), folder)}


def test_the_same_class_in_any_order_gives_the_same_bytes(tmp_path: Path) -> None:
    found, results = classroom()
    turned = Found(found.layout, found.submissions[::-1], found.problems, found.students[::-1])
    assert _books(found, results, tmp_path / "a") == _books(turned, results[::-1], tmp_path / "b")


def test_everybody_is_in_it_once() -> None:
    found, results = classroom()
    assert len(_rows(gradebook.plain(roster_of(found, results)))) == len(found.students)


def test_marks_have_at_most_two_decimals() -> None:
    assert [gradebook.number(value) for value in (1 / 3, 82.0, 0.1 + 0.2, 99.999)] == [0.33, 82, 0.3, 100]


def test_a_run_that_met_the_time_limit_has_its_mark_and_says_so() -> None:
    work = submission(ADA)
    card = scorecard("M9_01", [Verdict.PASSED], state=State.TIMED_OUT)
    (row,) = _rows(gradebook.plain(roster_of(_found(work), [graded(work, card)])))
    assert (row["M9_01 score"], row["M9_01 state"]) == ("100", "TIMED_OUT")
