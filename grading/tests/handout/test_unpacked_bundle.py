"""A student's way with the bundle: unpack, take a lesson, mark it; and the workflow that marks it on GitHub."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from grading.assessment.assessment import assess
from grading.assessment.grader_hash import grader_sha256
from grading.files import ROOT
from grading.handout.bundle import student_bundle
from grading.marking.lesson import Lesson
from grading.reports.json import as_dict
from grading.tests.handout.unpacked import Unpacked, unpacked

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("bundle")]

LOOK = """
import importlib, json, pkgutil
import grading
from grading.commands.cli import app
from grading.assessment.grader_hash import grader_sha256
from typer.main import get_command
broken = []
for found in pkgutil.walk_packages(grading.__path__, "grading."):
    if not found.name.endswith(("__main__", "ipython_kernel_config", "zygote")):
        try:
            importlib.import_module(found.name)
        except ImportError as error:
            broken.append(f"{found.name}: {error}")
print(json.dumps([grading.__file__, grader_sha256(), sorted(get_command(app).commands), broken]))
"""
TAKE = """
import json, sys
import nbclient, nbformat
path = sys.argv[1]
node = nbformat.read(path, as_version=4)
ask = "import grading, json; card = check(); print(json.dumps([grading.__file__, card.score, card.problem]))"
node.cells.append(nbformat.v4.new_code_cell(ask, id="ask"))
where = {"metadata": {"path": "notebooks"}}
nbclient.NotebookClient(node, timeout=240, kernel_name="python3", resources=where).execute()
print(node.cells[-1].outputs[0].text)
"""


@pytest.fixture(scope="module")
def student() -> Iterator[Unpacked]:
    with unpacked(student_bundle()) as found:
        yield found


@pytest.fixture(scope="module")
def received(student: Unpacked) -> subprocess.CompletedProcess[str]:
    """What the first `make lab` says, before JupyterLab starts."""
    done: subprocess.CompletedProcess[str] = student.run("make", "received")
    return done


def test_the_first_command_makes_the_commit_that_runs_note(
    student: Unpacked, received: subprocess.CompletedProcess[str]
) -> None:
    assert (received.returncode, received.stdout.count("\n")) == (0, 1), received.stderr
    assert "a git repository now, with one commit" in received.stdout
    assert student.run("git", "log", "--format=%s %an").stdout == "As received student\n"
    assert student.run("git", "status", "--porcelain").stdout == ""
    assert student.run("git", "ls-files", ".venv").stdout == ""


def test_it_is_made_once(student: Unpacked, received: subprocess.CompletedProcess[str]) -> None:
    again = student.run("make", "received")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_lab_ui_and_pipeline_have_it_made_before_they_start(student: Unpacked) -> None:
    for target in ("lab", "ui", "pipeline"):
        steps = student.run("make", "--dry-run", target).stdout
        assert 0 < steps.index("git init") < steps.index(".venv/bin/", steps.index("git init"))


def test_in_a_repository_without_a_commit_it_says_what_to_do(student: Unpacked, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    makefile = str(student.folder / "Makefile")
    done = student.run("make", "-C", str(tmp_path), "-f", makefile, "received")
    assert done.returncode == 2
    assert "has no commit yet" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == [".git"]
    assert not list((tmp_path / ".git" / "objects").glob("??"))


def test_every_module_there_imports_and_is_the_grader_of_the_class_run(student: Unpacked) -> None:
    done = student.run(".venv/bin/python", "-W", "error::ImportWarning", "-c", LOOK)
    assert done.returncode == 0, done.stderr
    file, sha256, commands, broken = json.loads(done.stdout.splitlines()[-1])
    assert (
        broken == []
    )  # a module that needs what students do not receive: grading/handout/bundle.py leaves its room out, too
    assert Path(file) == student.folder / "grading" / "__init__.py"
    assert sha256 == grader_sha256()
    assert {"grade", "doctor", "gate", "new", "log", "card"} == set(commands)


def test_the_solutions_are_refused_in_words(student: Unpacked, lesson: Lesson) -> None:
    done = student.run(".venv/bin/grading", "grade", "--solution", f"notebooks/{lesson.file_name}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "✗ no solutions for M9_01 here: students do not receive them\n"


@pytest.mark.parametrize(("solved", "points"), [(False, 0), (True, 100)], ids=["untouched", "solved"])
def test_a_lesson_is_taken_and_its_own_check_says_how_it_went(
    solved: bool, points: float, student: Unpacked, received: subprocess.CompletedProcess[str], lesson: Lesson
) -> None:
    path = student.notebook(lesson, solved=solved)
    done = student.run(".venv/bin/python", "-c", TAKE, str(path))
    assert done.returncode == 0, done.stderr[-2000:]
    file, score, problem = json.loads(done.stdout)
    assert Path(file) == student.folder / "grading" / "__init__.py"
    assert (score, problem) == (points, "")


@pytest.mark.parametrize(("solved", "points"), [(False, 0), (True, 100)], ids=["untouched", "solved"])
def test_the_workflow_marks_as_the_class_run_does(
    solved: bool, points: float, student: Unpacked, lesson: Lesson, tmp_path: Path
) -> None:
    path = student.notebook(lesson, solved=solved)
    summary = tmp_path / "summary.md"
    codes = [
        student.run("bash", "-euo", "pipefail", "-c", step["run"], GITHUB_STEP_SUMMARY=str(summary)).returncode
        for step in _steps(student)
        if "run" in step
    ]
    assert codes == [0, 0 if solved else 1, 0]
    report = student.folder / "report"
    assert {"results.json", "junit.xml", "summary.md", "index.html"} <= {file.name for file in report.iterdir()}
    assert f"| {points:g}/100 |" in summary.read_text("utf-8")
    (there,) = json.loads((report / "results.json").read_text("utf-8"))["scorecards"]
    assert there["score"] == points
    if solved:
        here = as_dict(assess(path).scorecard)
        assert (there["results"], there["sha256"]) == (here["results"], here["sha256"])


def _steps(student: Unpacked) -> list[dict[str, Any]]:
    workflow = yaml.safe_load((student.folder / ".github/workflows/grade.yml").read_text("utf-8"))
    steps: list[dict[str, Any]] = workflow["jobs"]["grade"]["steps"]
    return steps


def test_the_workflow_may_only_read_and_uses_the_versions_that_we_use(student: Unpacked) -> None:
    text = (student.folder / ".github/workflows/grade.yml").read_text("utf-8")
    ours = ROOT.joinpath(".github/workflows/ci.yml").read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    for step in _steps(student):
        assert "run" in step or f"uses: {step['uses']}\n" in ours
