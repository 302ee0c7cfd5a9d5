"""docs/classroom.md: its commands are run as they stand, and Gradescope's autograder on a copy of its folders."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grading.class_reports import autograder
from grading.files import ROOT
from grading.handout.bundle import FOLDER, gradescope_autograder
from grading.lessons import solution_sources
from grading.marking.lesson import Lesson
from grading.running.kernels.confinement import strength
from grading.running.notebook import overlay, read_notebook
from grading.tests.docs.doc_pages import blocks_of
from grading.tests.handout.unpacked import unpack

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("bundle")]

SHELL = [block.code for block in blocks_of(ROOT / "docs" / "classroom.md") if block.info == "sh"]
STUDENTS, GITHUB, GRADESCOPE, NBGRADER = SHELL


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder in which `.venv/bin/grading` is ours, as in a clone of the repository."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def _run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MLFLOW_"))}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code], cwd=folder, env=clean | {"COLUMNS": "200"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_the_bundle_is_packed_unpacked_and_committed(clone: Path) -> None:
    assert GITHUB.startswith(STUDENTS)
    done = _run(GITHUB, clone)
    assert done.returncode == 0, done.stderr
    assert "sha256" in done.stdout
    tracked = subprocess.run(
        ["git", "-C", clone / FOLDER, "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert ".github/workflows/grade.yml" in tracked
    assert sorted(tracked) == sorted(
        str(path.relative_to(clone / FOLDER))
        for path in (clone / FOLDER).rglob("*")
        if path.is_file() and ".git" not in path.relative_to(clone / FOLDER).parts
    )


def test_the_autograder_is_packed(clone: Path) -> None:
    assert _run(GRADESCOPE, clone).returncode == 0
    assert (clone / "autograder.zip").stat().st_size > 1_000_000


@pytest.mark.skipif(not strength().enough, reason=f"nothing to confine with: {strength().missing}")
def test_a_course_of_nbgrader_goes_in_and_its_csv_comes_out(clone: Path, make_notebook: Callable[..., Path]) -> None:
    for student in ("ada", "bo"):
        place = clone / "submitted" / student / "M9_01"
        place.mkdir(parents=True)
        shutil.copy(make_notebook(f"print({student!r})"), place / "M9_01_mlflow_setup.ipynb")
        (place / "timestamp.txt").write_text("2026-11-20 17:00:00.000000 UTC\n")
    done = _run(NBGRADER, clone)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = list(csv.DictReader((clone / "graded" / "gradebook-nbgrader.csv").read_text("utf-8").splitlines()))
    assert [(row["assignment"], row["student_id"], row["score"], row["max_score"]) for row in rows] == [
        ("M9_01", "ada", "0", "100"), ("M9_01", "bo", "0", "100"),
    ]  # fmt: skip
    assert len(list((clone / "graded" / "results").glob("*/M9_01.html"))) == 2


# Gradescope


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """/autograder, with an empty submission."""
    (tmp_path / "autograder" / "submission").mkdir(parents=True)
    return tmp_path / "autograder"


def test_a_solved_notebook_gets_all_points_from_gradescopes_own_script(place: Path, lesson: Lesson) -> None:
    place.parent.chmod(0o755)
    unpack(gradescope_autograder(), place / "source")
    shutil.copy(place / "source" / "run_autograder", place)
    node = overlay(read_notebook(ROOT / "notebooks" / lesson.file_name).node, solution_sources(lesson))
    nbformat.write(node, place / "submission" / lesson.file_name)
    (place / "submission_metadata.json").write_text("{}")
    done = subprocess.run(
        ["bash", place / "run_autograder"], env=os.environ | {"AUTOGRADER": str(place)},
        cwd=place, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads((place / "results" / "results.json").read_text("utf-8"))
    assert (results["score"], sum(test["max_score"] for test in results["tests"])) == (100, 100), results
    assert "confinement: " in results["output"]


def test_a_notebook_that_kills_its_kernel_is_graded_and_said(place: Path, make_notebook: Callable[..., Path]) -> None:
    bad = make_notebook("print('\\x1b[31m<script>')", "import os; os.kill(os.getpid(), 9)", name="M9_01_x.ipynb")
    shutil.copy(bad, place / "submission")
    results = json.loads(autograder.grade_submission(place))
    assert results["score"] == 0
    assert "kernel died" in results["output"]
    assert results["tests"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "found no notebook"),
        ({"essay.txt": b"a" * 10}, "found no notebook"),
        ({"M9_01_mlflow_setup.ipynb": b"{]"}, "is not a notebook"),
        ({"M9_01_mlflow_setup.ipynb": b"{}", "M9_02_x.ipynb": b"{}"}, "of one lesson; found M9_01, M9_02"),
        ({"homework.ipynb": b"{}"}, "homework.ipynb"),
    ],
    ids=["nothing", "an essay", "damaged", "two lessons", "another name"],
)
def test_what_cannot_be_graded_gets_nothing_and_a_sentence(files: dict[str, bytes], words: str, place: Path) -> None:
    for name, content in files.items():
        (place / "submission" / name).write_bytes(content)
    results = json.loads(autograder.grade_submission(place))
    assert results["score"] == 0
    assert words in results["output"]
    assert "Traceback" not in results["output"]


def test_a_link_out_of_the_submission_is_not_followed(place: Path, make_notebook: Callable[..., Path]) -> None:
    (place / "submission" / "M9_01_mlflow_setup.ipynb").symlink_to(make_notebook("1"))
    results = json.loads(autograder.grade_submission(place))
    assert (results["score"], results["tests"]) == (0, [])
    assert "link" in results["output"]


def test_our_own_failure_is_no_score_and_no_traceback(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autograder, "grade_submission", lambda *_: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["autograder", str(place)])
    autograder.main()
    results = json.loads((place / "results" / "results.json").read_text("utf-8"))
    assert "score" not in results
    assert "no fault of its own: ZeroDivisionError" in results["output"]
