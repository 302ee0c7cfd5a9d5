"""Names that no student has are pointed out, and a second upload is an attempt of the student who is there."""

from pathlib import Path

import pytest

from grading.cohort.student_names import doubt, earlier_name
from grading.cohort.submissions import find_submissions
from grading.tests.cohort.class_files import ONE, lay, notebook


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-01-05", "a date"), ("20260105", "a date"), ("Jan 5, 2026", "a date"), ("5.1.26", "a date"),
        ("2026-01-05 10-30", "a date"), ("attempt 2", "an attempt"), ("try1", "an attempt"), ("v2", "an attempt"),
        ("anna (1)", "a copy"), ("Copy of anna", "a copy"), ("anna - Copy", "a copy"), ("New folder (2)", "a copy"),
        ("late", "a folder for several students"),
    ],
)  # fmt: skip
def test_a_name_that_no_student_has_is_said(tmp_path: Path, name: str, kind: str) -> None:
    lay(tmp_path, {f"{name}/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert name in found.students
    assert found.problems[0].startswith(f"{name} looks like {kind}, not like a student: name the folder")


@pytest.mark.parametrize(
    "name",
    ["anna", "Kovács Anna", "O'Brien", "Łukasz Żak", "李小龍", "1043", "20231234", "s1234567", "Ödön", "kim-1",
     "Trystan", "Vu", "Group 5", "anon_aB3dE", "José Müller", "Ñandú", "Anna-Lena v. Au"],
)  # fmt: skip
def test_names_that_students_have_are_not_doubted(name: str) -> None:
    assert doubt(name) == ""
    assert earlier_name(name, {name, "kim", "Anna-Lena"}) == ""


@pytest.mark.parametrize("again", ["anna (1)", "anna - Copy", "Copy of anna", "anna_resubmission", "anna attempt 2"])
def test_a_second_upload_is_not_a_second_student(tmp_path: Path, again: str) -> None:
    lay(tmp_path, {f"anna/{ONE}": notebook("a"), f"{again}/{ONE}": notebook("b"), f"kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "kim")
    assert found.problems[0] == f"{again} is taken for a second upload of anna"
    assert "anna handed in 2 notebooks for M9_01" in found.problems[1]
