"""Whose each file is: one class in every layout, and what each platform adds to names."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.tests.cohort.class_files import ONE, TWO, WORK, Files, by_students, lay, notebook, packed, taken


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
