"""Who handed in what: one class in every layout, and what students do to files."""

import io
import json
import os
import random
import socket
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.cohort import attempts
from grading.cohort.submissions import Found, Submission, find_submissions
from grading.errors import InputError
from grading.files import ROOT
from grading.lessons import LESSONS
from grading.running import execution

ONE, TWO, THREE, FOUR = (lesson.file_name for lesson in LESSONS)
Files = dict[str, bytes]


def notebook(text: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": [text]}], "metadata": {}, "nbformat": 4}).encode()


# A class: anna handed in two lessons and a data file, Łukasz one, 李小龍 one.
NAMES = ("Anna O'Brien", "Łukasz Żak", "李小龍")
WORK: dict[str, Files] = {
    NAMES[0]: {ONE: notebook("anna 1"), TWO: notebook("anna 2"), "own.csv": b"x\n1\n"},
    NAMES[1]: {ONE: notebook("łukasz 1")},
    NAMES[2]: {FOUR: notebook("李 4")},
}


def in_folders(prefix: Callable[[int, str], str]) -> Files:
    return {
        prefix(number, name) + file: content
        for number, (name, files) in enumerate(WORK.items(), start=1)
        for file, content in files.items()
    }


LAYOUTS: dict[str, tuple[str, Files]] = {
    "students": ("student/notebook", in_folders(lambda _, name: f"{name}/")),
    "deeper": ("student/notebook", in_folders(lambda _, name: f"{name}/notebooks/")),
    "nbgrader": ("nbgrader", in_folders(lambda _, name: f"submitted/{name}/m9/")),
    "submitted": ("nbgrader", in_folders(lambda _, name: f"{name}/m9/")),
    "flat": ("flat", in_folders(lambda _, name: f"{name}_")),
    "canvas": ("Canvas", in_folders(lambda n, name: f"{name.lower().replace(' ', '')}_{100 + n}_{500 + n}_")),
    "moodle": ("Moodle", in_folders(lambda n, name: f"{name}_{7000 + n}_assignsubmission_file/")),
    "moodle, older": ("Moodle", in_folders(lambda n, name: f"{name}_{7000 + n}_assignsubmission_file_/")),
    "moodle, no folders": ("Moodle", in_folders(lambda n, name: f"{name}_{7000 + n}_assignsubmission_file_")),
    "m9-submissions": ("GitHub Classroom", in_folders(lambda _, name: f"m9-{name}/notebooks/")),
}


def lay(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def packed(files: Files) -> bytes:
    """A zip archive of these files, each a day newer than the one before."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for day, (name, data) in enumerate(files.items(), start=1):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, day, 0, 0, 0)), data)
    return content.getvalue()


def by_students(found: Found) -> dict[str, Files]:
    """What was found, as WORK is written."""
    work: dict[str, Files] = {}
    for one in found.submissions:
        work.setdefault(one.student, {})[one.file_name] = one.notebook
        work[one.student] |= one.companions
    return work


def taken(found: Found) -> list[tuple[str, str]]:
    return [(one.student, one.origin) for one in found.submissions]


@pytest.mark.parametrize("form", ["folder", "zip", "zip in a folder", "folder in a zip"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_finds_the_same_class(tmp_path: Path, name: str, form: str) -> None:
    layout, files = LAYOUTS[name]
    if form == "folder":
        path = lay(tmp_path / name, files)
    elif form == "folder in a zip":
        path = tmp_path / "class.zip"
        path.write_bytes(packed({f"{name}/{file}": content for file, content in files.items()}))
    else:
        path = tmp_path / f"{name}.zip"
        path.write_bytes(packed(files))
        path = tmp_path if form == "zip in a folder" else path
    found = find_submissions(path)
    assert found.layout == layout
    assert found.problems == ()
    expected = {who.lower().replace(" ", ""): work for who, work in WORK.items()} if layout == "Canvas" else WORK
    assert by_students(found) == expected
    assert found.students == tuple(sorted(expected))
    assert [(one.student, one.lesson) for one in found.submissions] == sorted(
        (one.student, one.lesson) for one in found.submissions
    )


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


def test_a_flood_of_bad_files_is_said_in_few_sentences(tmp_path: Path) -> None:
    flood = {f"../{number}.ipynb": b"{}" for number in range(28)}
    lay(tmp_path, {"anna.zip": packed({ONE: b"{}"}), "evil.zip": packed(flood)})
    found = find_submissions(tmp_path)
    assert len(found.problems) == 13
    assert found.problems[-1] == "… and 17 more about evil"


def test_origins_lead_back_into_archives(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(packed({f"kim/{TWO}": b"{}", "lee/work.zip": packed({f"m9/{TWO}": b"{}"})}))
    assert taken(find_submissions(path)) == [
        ("kim", f"class.zip!/kim/{TWO}"), ("lee", f"class.zip!/lee/work.zip!/m9/{TWO}"),
    ]  # fmt: skip


# Names


@pytest.mark.parametrize(
    "name",
    [
        ONE, "M9_01_mlflow_setup (1).ipynb", "M9_01_mlflow_setup-Copy1.ipynb", "M9_01_mlflow_setup_solved.ipynb",
        "m9_01_MLFLOW_setup.IPYNB", "M9-01 mlflow setup.ipynb", "M9_01.ipynb", "M9_01_wine.ipynb", "mlflow_setup.ipynb",
        "my MLflow setup.ipynb",
    ],
)  # fmt: skip
def test_students_rename_notebooks(tmp_path: Path, name: str) -> None:
    lay(tmp_path, {f"anna/{name}": b"{}"})
    (one,) = find_submissions(tmp_path).submissions
    assert (one.lesson, one.file_name, one.origin) == ("M9_01", ONE, f"anna/{name}")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("anna.k_M9_01_mlflow_setup.ipynb", "anna.k"),
        ("M9_01_mlflow_setup_anna.k.ipynb", "anna.k"),
        ("M9_01_mlflow_setup-anna.ipynb", "anna"),
        ("M9_01_mlflow_setup_anna (1).ipynb", "anna"),
        ("anna-M9_01.ipynb", "anna"),
        ("Anna Kovács - M9_01_mlflow_setup - solved.ipynb", "Anna Kovács"),
        ("M9_01_mlflow_setup_1043.ipynb", "1043"),
        ("王_m9-01-mlflow-setup.ipynb", "王"),
    ],
)
def test_a_flat_name_says_student_and_lesson(tmp_path: Path, name: str, student: str) -> None:
    lay(tmp_path, {name: b"{}", f"kim_{TWO}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.layout == "flat"
    assert sorted([(student, "M9_01"), ("kim", "M9_02")]) == [(one.student, one.lesson) for one in found.submissions]


def test_a_flat_name_without_a_student_is_nobodys(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim_{ONE}": b"{}", ONE: b"{}", "M9_02_hyperparameter_tuning_solved.ipynb": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("kim",)
    assert all("tell no student" in problem for problem in found.problems)
    assert len(found.problems) == 2


def test_canvas_says_who_is_late_and_which_upload_is_the_last(tmp_path: Path) -> None:
    lay(tmp_path, {
        f"kovácsanna_LATE_100_9_{ONE}": notebook("first"),
        "kovácsanna_LATE_100_10_M9_01_mlflow_setup-1.ipynb": notebook("second"),
        "kovácsanna_LATE_100_11_own-1.csv": b"new", "kovácsanna_LATE_100_12_two.csv": b"2",
        f"anon_aB3dE_77_{TWO}": notebook("anonymous"),
        "leeann_300_text.html": b"I forgot",
        f"LATE_anon_9xYz1_78_{TWO}": b"{}",
    })  # fmt: skip
    found = find_submissions(tmp_path)
    anna, nobody, late = (
        next(one for one in found.submissions if one.student == who)
        for who in ("kovácsanna", "anon_aB3dE", "anon_9xYz1")
    )
    assert (anna.sid, anna.late, anna.notebook) == ("100", True, notebook("second"))
    assert anna.companions == {"own-1.csv": b"new", "own.csv": b"new", "two.csv": b"2"}
    assert (nobody.sid, nobody.late, late.late) == ("aB3dE", False, True)
    assert "leeann" in found.students
    assert found.problems == (
        "kovácsanna handed in 2 notebooks for M9_01: kovácsanna_LATE_100_10_M9_01_mlflow_setup-1.ipynb is taken "
        "(the last upload)",
        "leeann handed in no notebook that can be graded, but leeann_300_text.html",
    )


def test_a_canvas_student_may_hand_in_an_archive(tmp_path: Path) -> None:
    work = packed({f"m9/{ONE}": b"{}", "m9/own.csv": b"1", "__MACOSX/m9/._M9_01_mlflow_setup.ipynb": b"\x00"})
    lay(tmp_path, {"kim_1_2_work.zip": work, f"lee_3_4_{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert taken(found) == [("kim", f"kim_1_2_work.zip!/m9/{ONE}"), ("lee", f"lee_3_4_{ONE}")]
    assert (found.submissions[0].companions, found.problems) == ({"own.csv": b"1"}, ())


def test_namesakes_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    lay(tmp_path, {f"kimminji_{sid}_{sid}0_{ONE}": notebook(str(sid)) for sid in (1, 2)})
    found = find_submissions(tmp_path)
    assert found.students == ("kimminji (1)", "kimminji (2)")
    assert [one.notebook for one in found.submissions] == [notebook("1"), notebook("2")]
    assert len({one.slug for one in found.submissions}) == 2


def test_moodle_numbers_a_student_anew_for_each_assignment(tmp_path: Path) -> None:
    for number, name in ((1, ONE), (2, TWO)):
        files = {f"Kim Min_{number}7_assignsubmission_file/{name}": b"{}"}
        lay(tmp_path, {f"M9 0{number}.zip": packed(files)})
    found = find_submissions(tmp_path)
    assert (found.students, [one.sid for one in found.submissions]) == (("Kim Min",), ["17", "27"])


def test_moodle_text_and_groups(tmp_path: Path) -> None:
    lay(tmp_path, {
        f"Group 5_12_assignsubmission_file_/{ONE}": b"{}",
        "Kim_13_assignsubmission_onlinetext_/onlinetext.html": b"hi",
        f"Default group_assignsubmission_file_/{ONE}": b"{}",
    })  # fmt: skip
    found = find_submissions(tmp_path)
    assert found.students == ("Default group", "Group 5", "Kim")
    assert found.problems == ("Kim handed in no notebook that can be graded, but onlinetext.html",)


def test_clones_are_known_by_git_too_and_their_times_mean_nothing(tmp_path: Path) -> None:
    for user in ("anna-k", "kim", "kim-1"):
        lay(tmp_path / f"ml-lab-{user}", {".git/HEAD": b"ref", f"notebooks/{ONE}": notebook(user), f"old/{ONE}": b""})
        lay(tmp_path / f"ml-lab-{user}", {"old/M9_01_try.ipynb": b"{}", "notebook_template.ipynb": b"{}"})
        os.utime(tmp_path / f"ml-lab-{user}" / "notebooks" / ONE, (0, 0))
    found = find_submissions(tmp_path)
    assert (found.layout, found.students) == ("GitHub Classroom", ("anna-k", "kim", "kim-1"))
    assert [one.notebook for one in found.submissions] == [notebook(user) for user in found.students]
    assert "3 notebooks for M9_01: ml-lab-kim/notebooks/M9_01_mlflow_setup.ipynb is taken (by its name)" in "".join(
        found.problems
    )


def test_nbgraders_timestamp_says_which_is_newer(tmp_path: Path) -> None:
    lay(tmp_path / "course", {
        f"source/m9/{ONE}": b"{}", f"release/m9/{ONE}": b"{}", "gradebook.db": b"",
        f"submitted/anna/try1/{ONE}": notebook("old"),
        "submitted/anna/try1/timestamp.txt": b"2026-01-30 10:30:47.524219 UTC",
        f"submitted/anna/try2/{ONE}": notebook("new"), "submitted/anna/try2/timestamp.txt": b"2026-02-01 08:00:00 UTC",
    })  # fmt: skip
    os.utime(tmp_path / "course/submitted/anna/try2" / ONE, (0, 0))
    found = find_submissions(tmp_path / "course")
    (one,) = found.submissions
    assert (found.layout, one.notebook, one.sid) == ("nbgrader", notebook("new"), "anna")
    assert found.problems == (f"anna handed in 2 notebooks for M9_01: submitted/anna/try2/{ONE} is taken (the newest)",)


def test_the_newest_attempt_is_taken_and_said(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim/{ONE}": notebook("old"), "kim/M9_01_mlflow_setup (1).ipynb": notebook("new")})
    now = time.time()
    os.utime(tmp_path / "kim" / ONE, (now - 60, now - 60))
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("new")]
    assert found.problems == (
        "kim handed in 2 notebooks for M9_01: kim/M9_01_mlflow_setup (1).ipynb is taken (the newest)",
    )


def test_an_empty_file_gives_way_to_an_older_one_and_is_kept_when_it_is_all(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim/{ONE}": notebook("old"), "kim/M9_01_mlflow_setup (1).ipynb": b"", f"lee/{ONE}": b""})
    os.utime(tmp_path / "kim" / ONE, (0, 0))
    found = find_submissions(tmp_path)
    assert [one.notebook for one in found.submissions] == [notebook("old"), b""]
    assert found.problems[-1] == f"lee's lee/{ONE} is an empty file"


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


def test_what_tools_leave_is_not_looked_into(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"anna/.ipynb_checkpoints/{TWO}": b"{}", f"__MACOSX/anna/._{ONE}": b""})
    lay(tmp_path, {f"anna/.git/{TWO}": b"{}", f"anna/mlruns/{TWO}": b"{}", ".DS_Store": b"", f"anna/._{ONE}": b"\x00"})
    found = find_submissions(tmp_path)
    assert (taken(found), found.students, found.problems) == ([("anna", f"anna/{ONE}")], ("anna",), ())


def test_a_student_without_a_notebook_is_in_the_class(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", "lee/work.rar": b"Rar!", "max/report.docx": b""})
    (tmp_path / "kim").mkdir()
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "kim", "lee", "max")
    assert found.problems == (
        "kim handed in no notebook that can be graded",
        "lee handed in no notebook that can be graded, but work.rar",
        "max handed in no notebook that can be graded, but report.docx",
    )


def test_companions_are_the_data_files_beside_the_notebook(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", "anna/own.csv": b"1", "anna/more/other.csv": b"2", "kim/own.csv": b"3"})
    with (tmp_path / "anna" / "huge.csv").open("wb") as file:
        file.truncate(attempts.LARGEST_COMPANION)
    (tmp_path / "anna" / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "anna" / "up\\x.csv").write_bytes(b"4")
    found = find_submissions(tmp_path)
    assert found.submissions[0].companions == {"own.csv": b"1"}
    assert any("huge.csv is left out: data files may have 20 MB" in problem for problem in found.problems)
    assert any("link.csv is left out: it is a symbolic link" in problem for problem in found.problems)
    assert attempts.LARGEST_COMPANION == 20 * execution.LONGEST_OUTPUT  # as when one notebook is graded


def test_data_files_have_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LARGEST_COMPANIONS", 5)
    lay(tmp_path, {f"anna/{ONE}": b"{}", "anna/a.csv": b"123", "anna/b.csv": b"456"})
    found = find_submissions(tmp_path)
    assert len(found.submissions[0].companions) == 1
    assert "data files may have 20 MB, and 100 MB together" in found.problems[0]


def test_of_equals_the_one_less_deep_is_taken(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{name}/{ONE}": notebook(name) for name in ("a/deep", "b", "c/deep")})
    for file in tmp_path.rglob("*.ipynb"):
        os.utime(file, (0, 0))
    lay(tmp_path, {f"kim/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.submissions[0].notebook == notebook("b")
    assert found.problems[0].endswith("is taken (by its place)")


def test_two_clones_among_folders_are_no_classroom(tmp_path: Path) -> None:
    lay(tmp_path, {f"{who}/{ONE}": b"{}" for who in ("anna-k", "anna-m", "kim", "lee")})
    lay(tmp_path, {f"{who}/.git/HEAD": b"ref" for who in ("anna-k", "anna-m")})
    assert find_submissions(tmp_path).students == ("anna-k", "anna-m", "kim", "lee")


# Hazards


def test_a_notebook_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    os.truncate(tmp_path / "kim" / ONE, 50_000_001)
    found = find_submissions(tmp_path)
    assert (len(found.submissions), found.problems[0]) == (1, f"kim's kim/{ONE} is left out: it is larger than 50 MB")


def test_links_pipes_and_sockets_are_refused_and_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = lay(tmp_path / "outside", {ONE: notebook("secret")})
    folder = lay(tmp_path / "class", {f"anna/{ONE}": b"{}", "kim/x.txt": b"", "lee/x.txt": b"", "mia/x.txt": b""})
    (folder / "kim" / ONE).symlink_to(secret / ONE)
    (folder / "kim" / "notebooks").symlink_to(secret)
    os.mkfifo(folder / "lee" / ONE)
    (folder / "max").symlink_to(secret)
    monkeypatch.chdir(folder / "mia")
    with socket.socket(socket.AF_UNIX) as pipe:
        pipe.bind(ONE)
        found = find_submissions(folder)
    assert taken(found) == [("anna", f"anna/{ONE}")]
    assert found.students == ("anna", "kim", "lee", "max", "mia")
    text = "\n".join(found.problems)
    for part in (f"kim/{ONE} is left out: it is a symbolic link", "kim/notebooks is left out: it is a symbolic link",
                 f"lee/{ONE} is left out: it is a device or a pipe", "max's max is left out: it is a symbolic link",
                 f"mia/{ONE} is left out: it is a device or a pipe"):  # fmt: skip
        assert part in text


def test_a_file_that_becomes_a_link_after_it_was_seen_is_not_followed(tmp_path: Path) -> None:
    from contextlib import ExitStack

    from grading.cohort.file_tree import open_tree
    from grading.errors import ArchiveError

    lay(tmp_path, {f"kim/{ONE}": b"{}", "secret": b"secret"})
    with ExitStack() as stack:
        (file,) = open_tree(tmp_path, stack).folders["kim"].files
    (tmp_path / "kim" / ONE).unlink()
    (tmp_path / "kim" / ONE).symlink_to(tmp_path / "secret")
    with pytest.raises(ArchiveError, match="cannot be read"):
        file.read()


def test_one_students_bad_archive_costs_the_others_nothing(tmp_path: Path) -> None:
    evil = {f"../{ONE}": b"{}", "/etc/M9_02.ipynb": b"{}", f"m9/{FOUR}": b"{}", "bomb.ipynb": bytes(3_000_000)}
    link = zipfile.ZipInfo(THREE)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO(packed(evil))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb2.ipynb", bytes(3_000_000))
    deep = packed({"two.zip": packed({"three.zip": packed({ONE: b"{}"})})})
    lay(tmp_path, {
        "anna.zip": packed({ONE: b"{}"}), "evil.zip": content.getvalue(), "kim.zip": b"not a zip",
        "lee.zip": packed({ONE: b"{}"})[:-30], "mia.zip": deep,
    })  # fmt: skip
    found = find_submissions(tmp_path)
    assert taken(found) == [("anna", f"anna.zip!/{ONE}"), ("evil", f"evil.zip!/m9/{FOUR}")]
    assert found.students == ("anna", "evil", "kim", "lee", "mia")
    text = "\n".join(found.problems)
    for part in (
        f"evil's evil.zip!/../{ONE} is left out: its path leads out", "evil.zip!//etc/M9_02.ipynb is left out",
        f"evil.zip!/{THREE} is left out: it is a symbolic link", "bomb2.ipynb is left out: it unpacks to more than 200",
        "kim's kim.zip is left out: it is damaged, or not a zip archive", "lee's lee.zip is left out: it is damaged",
        "mia.zip!/two.zip!/three.zip is left out: it is an archive in an archive in an archive",
    ):  # fmt: skip
        assert part in text


def test_hostile_members_of_a_class_archive_are_no_students(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(
        packed({f"anna/{ONE}": b"{}", f"../../etc/{ONE}": b"{}", "/etc/passwd": b"", f"kim/../{TWO}": b"{}"})
    )
    found = find_submissions(path)
    assert (taken(found), found.students) == ([("anna", f"class.zip!/anna/{ONE}")], ("anna", "kim"))
    assert len([problem for problem in found.problems if "is left out" in problem]) == 3


def test_a_newer_attempt_that_cannot_be_read_gives_way(tmp_path: Path) -> None:
    content = bytearray(packed({f"a/{ONE}": notebook("old"), f"b/{ONE}": notebook("new")}))
    at = content.rindex(notebook("new"))
    content[at : at + 4] = b"XXXX"  # its checksum no longer fits
    lay(tmp_path, {"kim.zip": bytes(content), "lee.zip": packed({ONE: b"{}"})})
    found = find_submissions(tmp_path)
    assert found.submissions[0].notebook == notebook("old")
    assert any(f"b/{ONE} is left out: it is damaged" in problem for problem in found.problems)


def test_a_folder_that_may_not_be_read_is_its_owners_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "kim":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # root may read everything
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "kim")
    assert found.problems[0] == "kim's kim is left out: it cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "found no notebook"),
        ({"readme.txt": b"hi", "photos/cat.jpg": b""}, "GitHub Classroom's clones; found no notebook"),
    ],
)
def test_a_place_without_submissions_is_refused_with_what_is_expected(
    tmp_path: Path, files: Files, message: str
) -> None:
    lay(tmp_path, files)
    with pytest.raises(InputError, match=message):
        find_submissions(tmp_path)


def test_a_path_that_is_neither_folder_nor_archive_is_refused(tmp_path: Path) -> None:
    lay(tmp_path, {ONE: b"{}", "bad.zip": b"x"})
    with pytest.raises(InputError, match="found a file of another kind"):
        find_submissions(tmp_path / ONE)
    with pytest.raises(InputError, match="found nothing"):
        find_submissions(tmp_path / "missing")
    with pytest.raises(InputError, match=r"bad\.zip cannot be used: it is damaged, or not a zip archive"):
        find_submissions(tmp_path / "bad.zip")
    with pytest.raises(InputError, match="expected the layout auto, student/notebook"):
        find_submissions(tmp_path, layout="Blackboard")


def test_a_layout_can_be_said(tmp_path: Path) -> None:
    lay(tmp_path, {f"Kim_1_assignsubmission_file_/{ONE}": b"{}"})
    assert find_submissions(tmp_path).students == ("Kim",)
    found = find_submissions(tmp_path, layout="Student/Notebook")
    assert (found.layout, found.students) == ("student/notebook", ("Kim_1_assignsubmission_file_",))


# Values


def submission(student: str = "anna", notebook: bytes = b"{}", **companions: bytes) -> Submission:
    return Submission(student, "M9_01", ONE, notebook, companions, "")


def test_the_hash_is_of_notebook_and_companions() -> None:
    hashes = [
        submission().sha256, submission(notebook=b"{} ").sha256, submission(a=b"1").sha256, submission(a=b"2").sha256,
        submission(b=b"1").sha256, submission(a=b"1", b=b"").sha256, submission(notebook=b"{}a1").sha256,
    ]  # fmt: skip
    assert len(set(hashes)) == len(hashes)
    assert submission(a=b"1", b=b"2").sha256 == submission(b=b"2", a=b"1").sha256
    assert submission("kim").sha256 == submission("lee").sha256


def test_a_slug_can_be_read_and_is_a_folders_name() -> None:
    assert submission("Anna Kovács").slug.startswith("anna-kovacs-")
    assert submission("Łukasz Straße").slug.startswith("lukasz-strasse-")
    assert submission("李小龍").slug.startswith("student-")
    assert submission("x" * 500).slug.startswith("x" * 40 + "-")
    assert submission("Anna").slug != submission("anna").slug
    assert submission("Anna").slug == submission("Anna", b"other").slug


def test_slugs_are_safe_and_never_shared() -> None:
    chance = random.Random(7)
    letters = "aAáb-_./\\ ='\"<>|:*?\x00\n\u202e李🙂" + "ßıſ"
    names = {"".join(chance.choices(letters, k=chance.randint(1, 6))) for _ in range(20_000)} | {"..", "CON", "nul."}
    slugs = {submission(name).slug for name in names}
    assert len(slugs) == len(names)
    assert all(set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(slug) <= 51 for slug in slugs)


def test_one_name_written_in_two_ways_is_one_student(tmp_path: Path) -> None:
    for place, between in (("flat", "_"), ("folders", "/")):
        files = {f"Kova\u0301cs{between}{ONE}": b"{}", f"Kov\u00e1cs{between}{TWO}": b"{}"}
        found = find_submissions(lay(tmp_path / place, files))
        assert (found.students, len(found.submissions)) == (("Kov\u00e1cs",), 2)
        assert len({one.slug for one in found.submissions}) == 1


def test_names_that_differ_in_capitals_only_are_pointed_out(tmp_path: Path) -> None:
    lay(tmp_path, {f"Anna/{ONE}": b"{}", f"anna/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("Anna", "anna")
    assert found.problems == ("Anna and anna differ in capitals only, and are taken for different students",)


def test_any_name_that_a_disk_allows_is_text_that_can_be_written(tmp_path: Path) -> None:
    for name in (b"k\xffm", b"k\xfem", b"\x1b[31mred", b"<script>", b"=cmd()", b" "):
        (tmp_path / os.fsdecode(name)).mkdir()
        (tmp_path / os.fsdecode(name) / ONE).write_bytes(b"{}")
    found = find_submissions(tmp_path)
    assert len(found.students) == len(found.submissions) == 6
    for text in (*found.students, *(one.origin for one in found.submissions)):
        assert text.encode()
        assert text.isprintable()
        assert text.strip()
