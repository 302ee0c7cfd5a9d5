"""Which of a student's files are graded: the newest that can be read, for each lesson, with its data."""

import os
import time
from pathlib import Path

import pytest

from grading.cohort import attempts
from grading.cohort.submissions import find_submissions
from grading.files import ROOT
from grading.lessons import LESSONS
from grading.running import surroundings
from grading.tests.cohort.class_files import ONE, TWO, lay, notebook, packed


def test_the_newest_attempt_is_taken_and_said(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim/{ONE}": notebook("old"), "kim/M9_01_mlflow_setup (1).ipynb": notebook("new")})
    now = time.time()
    os.utime(tmp_path / "kim" / ONE, (now - 60, now - 60))
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("new")]
    assert found.problems == (
        "kim handed in 2 notebooks for M9_01: kim/M9_01_mlflow_setup (1).ipynb is taken (the newest)",
    )


def test_a_newer_attempt_that_cannot_be_read_gives_way(tmp_path: Path) -> None:
    content = bytearray(packed({f"a/{ONE}": notebook("old"), f"b/{ONE}": notebook("new")}))
    at = content.rindex(notebook("new"))
    content[at : at + 4] = b"XXXX"  # its checksum no longer fits
    lay(tmp_path, {"kim.zip": bytes(content), "lee.zip": packed({ONE: b"{}"})})
    found = find_submissions(tmp_path)
    assert found.submissions[0].notebook == notebook("old")
    assert any(f"b/{ONE} is left out: it is damaged" in problem for problem in found.problems)


def test_an_empty_file_gives_way_to_an_older_one_and_is_kept_when_it_is_all(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim/{ONE}": notebook("old"), "kim/M9_01_mlflow_setup (1).ipynb": b"", f"lee/{ONE}": b""})
    os.utime(tmp_path / "kim" / ONE, (0, 0))
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("old"), b""]
    assert found.problems[-1] == f"lee's lee/{ONE} is an empty file"


def test_of_equals_the_one_less_deep_is_taken(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{name}/{ONE}": notebook(name) for name in ("a/deep", "b", "c/deep")})
    for file in tmp_path.rglob("*.ipynb"):
        os.utime(file, (0, 0))
    lay(tmp_path, {f"kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.submissions[0].notebook == notebook("b")
    assert found.problems[0].endswith("is taken (by its place)")


def test_a_file_that_is_no_json_is_kept_for_the_grader_to_judge(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim/{ONE}": b"\xff\x00 not JSON"})
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [b"\xff\x00 not JSON"]
    assert found.problems == ()


def test_content_tells_the_lesson_when_the_name_does_not(tmp_path: Path) -> None:
    lay(tmp_path, {
        "anna/homework.ipynb": notebook('check, began = instant("M9_02"), 1'),
        "anna/Untitled.ipynb": notebook("# Version data, code and models"),
        "anna/other.ipynb": notebook("print('M9_01')"),
        "anna/M9_05_churn.ipynb": notebook("check = instant('M9_05')"),
        "anna/M9_03_and_M9_04.ipynb": notebook("check = instant('M9_04')"),
    })  # fmt: skip
    found = find_submissions(tmp_path)
    assert [(one.lesson, one.origin) for one in found.submissions] == [
        ("M9_02", "anna/homework.ipynb"), ("M9_03", "anna/Untitled.ipynb"), ("M9_04", "anna/M9_03_and_M9_04.ipynb"),
    ]  # fmt: skip
    assert found.problems == tuple(
        f"anna's anna/{name}.ipynb is left out: neither name nor content tells the lesson"
        for name in ("M9_05_churn", "other")
    )


def test_each_shipped_lesson_is_known_by_its_content(tmp_path: Path) -> None:
    notebooks = ROOT / "notebooks"
    for number, lesson in enumerate(LESSONS):
        lay(tmp_path, {f"anna/work {'abcd'[number]}.ipynb": (notebooks / lesson.file_name).read_bytes()})
    assert [one.lesson for one in find_submissions(tmp_path).submissions] == [lesson.id for lesson in LESSONS]


def test_lessons_that_are_not_asked_for_are_no_problem(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"anna/{TWO}": b"{}"})
    found = find_submissions(tmp_path, LESSONS[:1])
    assert ([one.lesson for one in found.submissions], found.problems) == (["M9_01"], ())
    lay(tmp_path / "flat", {f"anna_{ONE}": b"{}", f"anna_{TWO}": b"{}"})
    assert find_submissions(tmp_path / "flat", LESSONS[:1]).students == ("anna",)


def test_companions_are_the_data_files_and_tools_beside_the_notebook(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", "anna/own.csv": b"1", "anna/more/other.csv": b"2", "kim/own.csv": b"3",
                   "anna/clinic.py": b"# mine", "anna/more/clinic.py": b"5"})  # fmt: skip
    with (tmp_path / "anna" / "huge.csv").open("wb") as file:
        file.truncate(attempts.LARGEST_COMPANION)
    (tmp_path / "anna" / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "anna" / "up\\x.csv").write_bytes(b"4")
    found = find_submissions(tmp_path)
    assert found.submissions[0].companions == {"own.csv": b"1", "clinic.py": b"# mine"}
    assert any("huge.csv is left out: data files may have 20 MB" in problem for problem in found.problems)
    assert any("link.csv is left out: it is a symbolic link" in problem for problem in found.problems)
    assert attempts.LARGEST_COMPANION == surroundings.LARGEST_COMPANION  # as when one notebook is graded


def test_data_files_have_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LARGEST_COMPANIONS", 5)
    lay(tmp_path, {f"anna/{ONE}": b"{}", "anna/a.csv": b"123", "anna/b.csv": b"456"})
    found = find_submissions(tmp_path)
    assert len(found.submissions[0].companions) == 1
    assert "data files may have 20 MB, and 100 MB together" in found.problems[0]
