"""Which layout a folder has: several downloads, a class of one, and a student who would pass for a class."""

from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.errors import InputError
from grading.tests.cohort.class_files import NAMES, ONE, THREE, TWO, WORK, Files, by_students, lay, notebook, packed


def test_a_folder_of_archives_one_a_student(tmp_path: Path) -> None:
    lay(tmp_path, {f"{name}.zip": packed(files) for name, files in WORK.items()})
    found = find_submissions(tmp_path)
    assert (found.layout, by_students(found), found.problems) == ("student/notebook", WORK, ())
    assert found.submissions[0].origin == f"{NAMES[0]}.zip!/{ONE}"


def test_one_download_for_each_assignment_is_one_class(tmp_path: Path) -> None:
    for number, name in ((1, ONE), (2, TWO)):
        files = {f"o'brienanna_100_{number}1_{name}": notebook("a"), f"kim_200_{number}2_{name}": notebook("k")}
        lay(tmp_path, {f"course-lesson-{number} submissions.zip": packed(files)})
    found = find_submissions(tmp_path)
    assert (found.layout, found.students, len(found.submissions)) == ("Canvas", ("kim", "o'brienanna"), 4)
    lay(tmp_path / "by lesson", {f"M9_0{n}/{who}/{name}": b"{}" for n, name in ((1, ONE), (2, TWO)) for who in "ab"})
    found = find_submissions(tmp_path / "by lesson")
    assert (found.students, len(found.submissions)) == (("a", "b"), 4)


def test_a_download_beside_other_things_is_still_a_class(tmp_path: Path) -> None:
    files = {f"{who}_{sid}_{sid}5_{ONE}": notebook(who) for who, sid in (("anna", 1), ("kim", 2))}
    lay(tmp_path, {"download.zip": packed(files), TWO: b"{}", f"anna/{THREE}": notebook("by mail")})
    lay(tmp_path / "download", files)
    found = find_submissions(tmp_path)
    assert (found.layout, found.students) == ("Canvas and student/notebook", ("anna", "kim"))
    assert [one.notebook for one in found.submissions] == [notebook("anna"), notebook("by mail"), notebook("kim")]
    assert found.problems == (f"{TWO} is left out: its name and place tell no student",)


def test_one_students_folder_may_look_like_a_download(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/kovacsanna_1_2_{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    assert find_submissions(tmp_path).students == ("anna", "kim")


def test_nobody_can_hand_in_for_others(tmp_path: Path) -> None:
    forged = packed({f"{who}_{sid}_{sid}5_{ONE}": notebook("forged") for who, sid in (("anna", 1), ("kim", 2))})
    work = {f"{who}.zip": packed({ONE: notebook(who)}) for who in ("anna", "kim")}
    lay(tmp_path, work | {"evil.zip": forged})
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("anna"), notebook("kim")]
    assert found.students == ("anna", "evil", "kim")
    assert found.problems[0].startswith("evil's evil.zip!/ is left out: it looks like the work of several students")


def test_a_damaged_archive_is_not_another_students(tmp_path: Path) -> None:
    lay(tmp_path, {"anna.zip": packed({ONE: b"{}"}), "anna.k.zip": b"x", "anna.b.tar.gz": b"x"})
    (tmp_path / "anna.c").symlink_to("/etc")
    assert find_submissions(tmp_path).students == ("anna", "anna.b", "anna.c", "anna.k")


def test_a_class_of_one_is_a_class(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"anna/more/{TWO}": b"{}"})
    assert [(one.student, one.lesson) for one in find_submissions(tmp_path).submissions] == [
        ("anna", "M9_01"), ("anna", "M9_02"),
    ]  # fmt: skip
    lay(tmp_path / "kim", {ONE: b"{}", TWO: b"{}"})
    with pytest.raises(InputError, match=rf"{ONE} is left out: its name and place tell no student"):
        find_submissions(tmp_path / "kim")


def test_a_download_in_a_folder_in_a_folder_is_a_download(tmp_path: Path) -> None:
    for files in (canvas("anna", "kim"), {f"{who}/{ONE}": b"{}" for who in ("anna", "kim")}):
        lay(tmp_path, {"class.zip": packed({f"export/2026/{name}": content for name, content in files.items()})})
        assert find_submissions(tmp_path).students == ("anna", "kim")
    (tmp_path / "class.zip").unlink()
    lay(tmp_path, {"class.zip": packed({f"export/Submitted files/Kim/Version 1/{ONE}": b"{}"})})
    assert find_submissions(tmp_path).layout == "Teams"  # of one student, too


def test_two_clones_among_folders_are_no_classroom(tmp_path: Path) -> None:
    lay(tmp_path, {f"{who}/{ONE}": b"{}" for who in ("anna-k", "anna-m", "kim", "lee")})
    lay(tmp_path, {f"{who}/.git/HEAD": b"ref" for who in ("anna-k", "anna-m")})
    assert find_submissions(tmp_path).students == ("anna-k", "anna-m", "kim", "lee")


def test_a_layout_can_be_said(tmp_path: Path) -> None:
    lay(tmp_path, {f"Kim_1_assignsubmission_file_/{ONE}": b"{}"})
    assert find_submissions(tmp_path).students == ("Kim",)
    found = find_submissions(tmp_path, layout="Student/Notebook")
    assert (found.layout, found.students) == ("student/notebook", ("Kim_1_assignsubmission_file_",))


def canvas(*students: str, lesson: str = ONE) -> Files:
    return {f"{who}_{sid}_{sid}5_{lesson}": notebook(who) for sid, who in enumerate(students, start=1)}


@pytest.mark.parametrize(
    "late",
    [f"late/kim/{ONE}", f"Late submissions/kim_{ONE}", f"late/kim_3_77_{ONE}", f"by mail/{ONE.replace('.', '_kim.')}"],
)
@pytest.mark.parametrize("form", ["zip", "folder", "the folder itself"])
def test_what_came_late_beside_a_download_is_graded_with_the_class(tmp_path: Path, late: str, form: str) -> None:
    files = canvas("anna", "bob", "kim")
    folder = {
        "zip": {"submissions.zip": packed(files)},
        "folder": {f"submissions/{name}": files[name] for name in files},
    }
    lay(tmp_path, folder.get(form, files) | {late: notebook("late")})
    found = find_submissions(tmp_path)
    assert by_students(found) == {
        "anna": {ONE: notebook("anna")}, "bob": {ONE: notebook("bob")}, "kim": {ONE: notebook("late")},
    }  # fmt: skip
    assert [one.late for one in found.submissions] == [False, False, True]
    assert found.layout.startswith("Canvas")
    (problem,) = found.problems
    assert "kim handed in 2 notebooks for M9_01" in problem


def test_a_folder_with_others_names_in_it_is_pointed_out(tmp_path: Path) -> None:
    lay(tmp_path, {"submissions.zip": packed(canvas("anna", "bob", "kim")), f"Nachzügler/kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("Nachzügler", "anna", "bob", "kim")
    assert found.problems == (
        "Nachzügler has folders with the names of others in it, kim: when it is no student's, name it late",
    )


def test_a_students_folder_beside_a_download_costs_nobody_the_download(tmp_path: Path) -> None:
    lay(tmp_path, {"submissions.zip": packed(canvas("anna", "bob", "kim")), f"dora/{ONE}": b"{}", f"eve/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "bob", "dora", "eve", "kim")
    assert found.layout == "Canvas and student/notebook"


def test_a_download_that_may_be_forged_stops_the_run_where_it_would_hand_in_for_others(tmp_path: Path) -> None:
    forged = packed(canvas("anna", "x", "y", "z"))
    lay(tmp_path, {f"{who}/{ONE}": b"{}" for who in ("anna", "kim")} | {"evil.zip": forged})
    with pytest.raises(InputError, match=r"evil\.zip!/ with 4 students beside folders of 2, and anna in both"):
        find_submissions(tmp_path)


def test_a_students_archive_named_late_holds_no_others_work(tmp_path: Path) -> None:
    late = packed({f"anna/{ONE}": notebook("forged"), f"bob/{TWO}": notebook("forged")})
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"kim/{ONE}": b"{}", "late.zip": late})
    assert find_submissions(tmp_path).students == ("anna", "kim", "late")


def test_files_and_folders_of_students_mix(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna_{ONE}": b"{}", f"{ONE[:-6]}_bob.ipynb": b"{}", "anna_own.csv": b"1", f"kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert (found.layout, found.students, found.problems) == ("flat and student/notebook", ("anna", "bob", "kim"), ())
    assert found.submissions[0].companions == {"own.csv": b"1"}
