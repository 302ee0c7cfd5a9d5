"""The downloads of learning platforms, as their vendors name them: whose each file is, and which upload counts."""

from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.tests.cohort.class_files import ONE, TWO, Files, lay, notebook, packed, taken

METADATA = b"""---
submission_101:
  :submitters:
  - :name: Anna Kov\xc3\xa1cs
    :sid: '1007'
    :email: anna@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-02-01 08:00:00.000000000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: Kim Min
    :sid: '1008'
    :email: kim@example.org
  - :name: Lee
    :email: lee@example.org
"""
RECEIPT = (
    b"Name: Lee Ann (lee_ann)\nAssignment: M9 01\nDate Submitted: Sunday\n\nFiles:\n\tOriginal filename: a.ipynb\n"
)
DOWNLOADS: dict[str, tuple[Files, dict[str, str]]] = {  # by layout: the files, and each student's id
    "Brightspace": (
        {
            f"397063-25573 - Mary-Ann Smith - Sep 24, 2024 926 PM/{ONE}": b"{}",
            f"397064-25573 - John Doe - Sep 24, 2024 1026 AM/{ONE}": b"{}",
            "index.html": b"<html>",
        },
        {"Mary-Ann Smith": "397063", "John Doe": "397064"},
    ),
    "Blackboard": (
        {
            f"gradebook_ML_101_M9 01_jdoe_attempt_2026-02-01-10-20-30_{ONE}": b"{}",
            "gradebook_ML_101_M9 01_jdoe_attempt_2026-02-01-10-20-30.txt": RECEIPT.replace(b"lee_ann", b"jdoe"),
            f"gradebook_ML_101_M9 01_lee_ann_attempt_2026-02-01-10-20-31_{ONE}": b"{}",
            "gradebook_ML_101_M9 01_lee_ann_attempt_2026-02-01-10-20-31.txt": RECEIPT,
        },
        {"jdoe": "jdoe", "lee_ann": "lee_ann"},
    ),
    "Gradescope": (
        {
            "assignment_5_export/submission_metadata.yml": METADATA,
            f"assignment_5_export/submission_101/{ONE}": b"{}",
            f"assignment_5_export/submission_102/{ONE}": b"{}",
        },
        {"Anna Kovács": "1007", "Kim Min": "1008", "Lee": ""},
    ),
    "Teams": (
        {
            f"Submitted files/Kovács, Anna/M9 01/Version 1/{ONE}": b"{}",
            f"Submitted files/Kim Min/Version 1/{ONE}": b"{}",
            f"Working files/Kim Min/{ONE}": b"{}",
        },
        {"Kovács, Anna": "", "Kim Min": ""},
    ),
}


@pytest.mark.parametrize("form", ["folder", "zip", "zip in a folder"])
@pytest.mark.parametrize("layout", DOWNLOADS)
def test_each_platforms_download_is_known(tmp_path: Path, layout: str, form: str) -> None:
    files, students = DOWNLOADS[layout]
    path = lay(tmp_path / "class", files if form == "folder" else {"download.zip": packed(files)})
    found = find_submissions(path / "download.zip" if form == "zip" else path)
    assert (found.layout, found.problems) == (layout, ())
    assert found.students == tuple(sorted(students))
    assert {one.student: one.lesson for one in found.submissions} == dict.fromkeys(students, "M9_01")
    assert {who: (own.platform, own.sid) for who, own in found.identities.items()} == {
        who: (layout, sid) for who, sid in students.items()
    }


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("1-2 - Kim - Sep 24, 2024 926 PM/", "1-2 - Kim - Sep 25, 2024 1026 AM/"),
        ("1-2 - Kim - Dec 5, 2024 926 AM - ", "1-2 - Kim - Dec 5, 2024 1226 PM - "),
        ("M9_kim_attempt_2026-02-01-10-20-30_", "M9_kim_attempt_2026-02-01-10-20-31_"),
        ("Submitted files/Kim/Version 9/", "Submitted files/Kim/Version 10/"),
    ],
)
def test_a_second_upload_is_an_attempt_of_the_same_student(tmp_path: Path, earlier: str, later: str) -> None:
    lay(tmp_path, {f"{later}{ONE}": notebook("later"), f"{earlier}{ONE}": notebook("earlier")})
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("later")]
    assert f"handed in 2 notebooks for M9_01: {later}{ONE} is taken" in found.problems[0]


def test_an_export_of_gradescope_whose_list_is_damaged_or_gone_is_read_and_its_names_are_doubted(
    tmp_path: Path,
) -> None:
    for about in (None, b"&a [*a]", b"- 1", b"\xff\xfe", b"submission_7: {':submitters': [1]}"):
        lay(tmp_path, {f"submission_7/{ONE}": b"{}"} | ({"submission_metadata.yml": about} if about else {}))
        found = find_submissions(tmp_path)
        assert (found.layout, found.students) == ("Gradescope" if about else "student/notebook", ("submission_7",))
        assert found.problems[0].startswith("submission_7 looks like an attempt, not like a student")


def test_a_students_own_attempts_are_no_export_of_gradescope(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/submission_{n}/{ONE}": notebook(str(n)) for n in (1, 2)} | {f"kim/{ONE}": b"{}"})
    assert find_submissions(tmp_path).students == ("anna", "kim")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        (f"Anna Kovács - {ONE}", "Anna Kovács"),
        (f"Anna Kovács - Copy of {ONE}", "Anna Kovács"),
        (f"Copy of Anna Kovács - {ONE}", "Anna Kovács"),
        (f"Copy of Copy of anna_{ONE}", "anna"),
        ("Anna Kovács - Untitled0.ipynb", "Anna Kovács"),
    ],
)
def test_names_of_google_drive_and_classroom_say_the_student(tmp_path: Path, name: str, student: str) -> None:
    lay(tmp_path, {name: notebook("instant('M9_01')"), f"Kim - {TWO}": b"{}"})
    found = find_submissions(tmp_path)
    assert (found.students, found.problems) == (tuple(sorted((student, "Kim"))), ())


def test_a_copy_of_google_drive_that_names_nobody_is_nobodys(tmp_path: Path) -> None:
    lay(tmp_path, {f"Copy of {ONE}": b"{}", f"kim_{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert (taken(found), found.problems) == (
        [("kim", f"kim_{ONE}")],
        (f"Copy of {ONE} is left out: its name and place tell no student",),
    )


def test_notebooks_that_a_browser_saved_as_text_are_read_with_a_sentence(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}.txt": notebook("anna"), f"kim/{ONE}.TXT": b"no JSON", "kim/own.csv": b"1"})
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("anna"), b"no JSON"]
    assert found.submissions[1].companions == {"own.csv": b"1"}
    assert found.problems == tuple(
        f"{who}'s {who}/{ONE}.{end} is read as the notebook that it was saved from"
        for who, end in (("anna", "txt"), ("kim", "TXT"))
    )
    lay(tmp_path / "flat", {f"anna_{ONE}.txt": b"{}", f"kim_{ONE}": b"{}"})
    assert find_submissions(tmp_path / "flat").students == ("anna", "kim")
