"""The command line: every bad input gets one sentence and the right exit code, and never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from grading.data_files import ROOT
from grading.kernels.confinement import strength

TRACKED = """import mlflow
mlflow.set_experiment('tumour forecast')
with mlflow.start_run():
    mlflow.log_metric('test_rmse', 1)"""


def run(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "grading", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("M9_01_missing.ipynb", None, "found no file"),
        ("M9_01_empty.ipynb", b"", "is an empty file"),
        ("M9_01_text.ipynb", b"print(1)", "is not a notebook"),
        ("wrong_name.ipynb", b"{}", "for example M9_01_mlflow_setup.ipynb"),
    ],
)
def test_a_file_that_cannot_be_graded_is_usage(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("grade", tmp_path / name)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_bad_file_costs_the_others_nothing(tmp_path: Path, make_notebook: Callable[..., Path]) -> None:
    good = make_notebook(TRACKED)
    outputs = ("--json", tmp_path / "out" / "r.json", "--html", tmp_path / "html", "--junit", tmp_path / "r.xml")
    done = run("grade", tmp_path / "M9_01_missing.ipynb", good, *outputs)
    assert done.returncode == 2
    cards = json.loads((tmp_path / "out" / "r.json").read_text())["scorecards"]
    assert [(card["notebook"], card["graded"]) for card in cards] == [(good.name, True)]
    assert (tmp_path / "html" / "index.html").is_file()
    assert (tmp_path / "r.xml").is_file()


def test_a_low_mark_is_exit_0_unless_a_pass_mark_is_asked(make_notebook: Callable[..., Path]) -> None:
    notebook = make_notebook(TRACKED)
    assert run("grade", notebook).returncode == 0
    assert run("grade", notebook, "--pass-mark", "70").returncode == 1


def test_a_notebook_of_ones_own_is_held_to_the_checklist(make_notebook: Callable[..., Path]) -> None:
    done = run("grade", make_notebook(TRACKED, name="M9_05_own.ipynb"))
    assert done.returncode == 0
    assert "Checklist  0/36" in done.stdout
    assert "Task" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("grade", "x.ipynb", "--part", "all"), "--part practice or --part worked"),
        (("grade", "x.ipynb", "--confine", "maybe"), "--confine auto, on or off"),
        (("grade", "x.ipynb", "--lesson", "M9_77"), "expected one of M9_01"),
        (("new", "05", "Bad Name"), "for example M9_01_mlflow_setup.ipynb"),
        (("gate", "no_such_contract", "abc"), "expected a contract at"),
    ],
)
def test_wrong_usage_is_exit_2_and_a_sentence(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_unwritable_place_for_results_is_said(tmp_path: Path, make_notebook: Callable[..., Path]) -> None:
    (tmp_path / "file").write_text("")
    done = run("grade", make_notebook(TRACKED), "--json", tmp_path / "file" / "r.json")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Checklist" in done.stdout  # the mark was shown all the same


def test_no_git_is_our_error_and_exit_3(make_notebook: Callable[..., Path]) -> None:
    done = run("grade", make_notebook(TRACKED), PATH="/nowhere")
    assert done.returncode == 3
    assert "git is not installed" in done.stdout


def test_the_log_reads_a_store(tracking: str, tmp_path: Path) -> None:
    with mlflow.start_run(run_name="one") as active:
        mlflow.log_metric("test_rmse", 3.25)
    done = run("log", active.info.run_id, "--store", tracking, "-o", tmp_path / "log.md")
    assert done.returncode == 0
    assert "| test_rmse | 3.25 |" in (tmp_path / "log.md").read_text()


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("log", "abc", cwd=tmp_path)
    assert done.returncode == 1
    assert "expected an MLflow store at mlflow.db" in done.stderr


def test_the_doctor_finds_this_machine_well() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "a run was logged and read back" in done.stdout
    said = f"Landlock {strength().landlock}, seccomp" if strength().enough else "none"
    assert f"confinement: {said}" in done.stdout


def test_new_makes_a_notebook(tmp_path: Path) -> None:
    done = run("new", "05", "churn_model", "--folder", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "M9_05_churn_model.ipynb").is_file()
