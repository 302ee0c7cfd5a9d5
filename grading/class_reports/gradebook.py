"""The class's marks as CSV: for a spreadsheet, and as Canvas, Moodle and nbgrader read them.

A cell without a mark is empty, never 0: what is ungraded or was not handed in is for a person to decide.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from grading.class_reports.roster import Roster, Student, Work
from grading.files import write_whole
from grading.marking.verdict import Verdict
from grading.reports.words import clean

BOM = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip
WORKSHEET = (
    "Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
# Where a student is known by a login, or by a name that may be one; the ids of other platforms are their own.
WITH_LOGINS = ("student/notebook", "nbgrader", "flat", "GitHub Classroom", "Blackboard")
Cell = str | int | float


def write(roster: Roster, out: Path) -> list[Path]:
    """Write the four gradebooks and, for a hand-in from Moodle, its worksheet for each assignment."""
    books = {
        "gradebook.csv": BOM + plain(roster),
        "gradebook-canvas.csv": BOM + canvas(roster),
        "gradebook-moodle.csv": BOM + moodle(roster),
        "gradebook-nbgrader.csv": nbgrader(roster),
    }
    if any("Moodle" in student.platform for student in roster.students):
        books |= {f"moodle-worksheet-{lesson}.csv": BOM + worksheet(roster, lesson) for lesson in roster.lessons}
    for name, text in books.items():
        write_whole(out / name, text)
    return [out / name for name in books]


def plain(roster: Roster) -> str:
    """A row a student: per lesson the mark, the most there is, what became of it, and whether it was late.

    `total` is the sum of the marks there are, `marks` how many; `percent` is there when all are.
    """
    header = ["student", "sid"]
    for lesson in roster.lessons:
        header += [f"{lesson} score", f"{lesson} max", f"{lesson} state", f"{lesson} late"]
    most = sum(roster.max_scores.values())
    rows: list[list[Cell]] = []
    for student in roster.students:
        row: list[Cell] = [student.name, student.sid]
        for lesson in roster.lessons:
            work = student.work(lesson)
            state = work.card.execution.state.value if work.card else work.standing.value
            row += [_score(work), number(roster.max_scores[lesson]), state, "late" if work.late else ""]
        cards = [card for lesson in roster.lessons if (card := student.work(lesson).card)]
        total = sum(card.score for card in cards)
        complete = bool(cards) and len(cards) == len(roster.lessons)
        percent: Cell = number(100 * total / most) if complete and most else ""
        rows.append([*row, number(total) if cards else "", len(cards), percent])
    return table([*header, "total", "marks", "percent"], rows)


def canvas(roster: Roster) -> str:
    """Canvas's gradebook import. A student is found by the id, if it is Canvas's own, or by login or name."""
    lessons = roster.lessons
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *lessons]
    points: list[Cell] = ["Points Possible", "", "", "", "", *(number(roster.max_scores[id]) for id in lessons)]
    rows = [points]
    for student in roster.students:
        # A row whose first cell has these words sets the points of the assignments.
        name = re.sub(r"points\s+possible", "Points_Possible", student.name, flags=re.IGNORECASE)
        id = student.sid if student.platform == "Canvas" else ""
        rows.append([name, id, "", _login(student), "", *(_score(student.work(lesson)) for lesson in lessons)])
    return table(header, rows)


def moodle(roster: Roster) -> str:
    """Moodle's grade import (CSV file): map `Username` to the username, each lesson to its grade item."""
    header = ["Username", "Full name"]
    for lesson in roster.lessons:
        header += [lesson, f"{lesson} feedback"]
    rows: list[list[Cell]] = []
    for student in roster.students:
        row: list[Cell] = [_login(student), student.name]
        for lesson in roster.lessons:
            work = student.work(lesson)
            row += [_score(work), feedback(work)]
        rows.append(row)
    return table(header, rows)


def worksheet(roster: Roster, lesson: str) -> str:
    """Moodle's offline grading worksheet of one assignment: the participants' numbers are those of its zip.

    It holds the marks there are and no other row: an empty feedback would replace what a person wrote.
    """
    rows: list[list[Cell]] = []
    for student in roster.students:
        work = student.work(lesson)
        if work.card and work.graded and work.graded.sid and "Moodle" in (work.graded.platform or roster.layout):
            about: list[Cell] = [f"Participant {work.graded.sid}", student.name, _score(work)]
            rows.append([*about, number(roster.max_scores[lesson]), "", feedback(work)])
    return table(WORKSHEET, rows)


def nbgrader(roster: Roster) -> str:
    """The columns of `nbgrader export`; a row a student and lesson."""
    rows: list[list[Cell]] = []
    for lesson in roster.lessons:
        for student in roster.students:
            score = _score(student.work(lesson))
            id = student.sid or student.name
            rows.append([lesson, "", "", id, "", "", "", score, "", score, number(roster.max_scores[lesson])])
    return table(NBGRADER, rows)


def feedback(work: Work) -> str:
    """The sentences of the checks that were missed, as Moodle's HTML: our words only, none of the student's."""
    if not work.card:
        return ""
    missed = [result.sentence for result in work.card.results if result.verdict is not Verdict.PASSED]
    return escape(f"Not yet: {' · '.join(missed)}" if missed else "Every check passed.", quote=False)


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV: numbers bare, every text quoted, so that a spreadsheet with another separator does not split it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(header)  # bare: Canvas cannot read a quote after the mark for UTF-8
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(
        [inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue()


def inert(text: str) -> str:
    """The text on one line and such that no spreadsheet takes it for a formula; "-" and numbers stay as they are."""
    shown = " ".join(clean(text).split())
    if shown.startswith(FORMULA) and len(shown) > 1 and not NUMBER.fullmatch(shown):
        return f"'{shown}"
    return shown


def number(value: float) -> int | float:
    """At most two decimals, none when they are zero."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _login(student: Student) -> str:
    return (student.sid or student.name) if student.platform in WITH_LOGINS else ""


def _score(work: Work) -> Cell:
    return number(work.card.score) if work.card else ""
