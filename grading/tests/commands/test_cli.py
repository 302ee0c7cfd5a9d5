"""The command line: every bad input gets one sentence and the right exit code, and never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import mlflow
import pytest

from grading.commands.cli import main
from grading.files import ROOT
from grading.running.kernels.confinement import strength

pytestmark = pytest.mark.slow


class Done(NamedTuple):
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
TRACKED = """import mlflow
mlflow.set_experiment('tumour forecast')
with mlflow.start_run():
    mlflow.log_metric('test_rmse', 1)"""


def processed(*arguments: str | Path) -> Done:
    """What a process of its own did, as at a terminal."""
    command, wide = [sys.executable, "-m", "grading", *map(str, arguments)], os.environ | {"COLUMNS": "200"}
    done = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, check=False)
    return held(Done(done.returncode, done.stdout, done.stderr))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process, which has imported all that it needs and has a warm process."""

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["grading", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        assert isinstance(end.value.code, int)
        return held(Done(end.value.code, *capsys.readouterr()))

    return run


def held(done: Done) -> Done:
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
def test_a_file_that_cannot_be_graded_is_usage(
    run: Run, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("grade", tmp_path / name)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_bad_file_costs_the_others_nothing(run: Run, tmp_path: Path, make_notebook: Callable[..., Path]) -> None:
    good = make_notebook(TRACKED)
    outputs = ("--json", tmp_path / "out" / "r.json", "--html", tmp_path / "html", "--junit", tmp_path / "r.xml")
    done = run("grade", tmp_path / "M9_01_missing.ipynb", good, *outputs)
    assert done.returncode == 2
    cards = json.loads((tmp_path / "out" / "r.json").read_text())["scorecards"]
    assert [(card["notebook"], card["graded"]) for card in cards] == [(good.name, True)]
    assert (tmp_path / "html" / "index.html").is_file()
    assert (tmp_path / "r.xml").is_file()


def test_two_files_of_one_name_keep_their_folders_in_json_and_junit(
    run: Run, tmp_path: Path, make_notebook: Callable[..., Path]
) -> None:
    paths = [tmp_path / who / "M9_01_a_test.ipynb" for who in ("ada", "bo")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(make_notebook(TRACKED).read_bytes())
    run("grade", *paths, "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml")
    names = ["ada/M9_01_a_test.ipynb", "bo/M9_01_a_test.ipynb"]
    assert [card["notebook"] for card in json.loads((tmp_path / "r.json").read_text())["scorecards"]] == names
    assert all(f'testsuite name="{name}"' in (tmp_path / "r.xml").read_text() for name in names)


def test_results_are_written_before_they_are_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_notebook: Callable[..., Path]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the terminal is gone")

    monkeypatch.setattr("grading.reports.text.print_scorecard", fail)
    done = run("grade", make_notebook(TRACKED), "--json", tmp_path / "r.json")
    assert (done.returncode, "the terminal is gone" in done.stderr) == (3, True)
    assert len(json.loads((tmp_path / "r.json").read_text())["scorecards"]) == 1


def test_a_low_mark_is_exit_0_unless_a_pass_mark_is_asked(run: Run, make_notebook: Callable[..., Path]) -> None:
    notebook = make_notebook(TRACKED)
    assert run("grade", notebook).returncode == 0
    assert processed("grade", notebook, "--pass-mark", "70").returncode == 1


def test_a_notebook_of_ones_own_is_held_to_the_checklist(run: Run, make_notebook: Callable[..., Path]) -> None:
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
def test_wrong_usage_is_exit_2_and_a_sentence(run: Run, arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_unwritable_place_for_results_is_said(run: Run, tmp_path: Path, make_notebook: Callable[..., Path]) -> None:
    (tmp_path / "file").write_text("")
    done = run("grade", make_notebook(TRACKED), "--json", tmp_path / "file" / "r.json")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Checklist" in done.stdout  # the mark was shown all the same


def test_no_git_is_our_error_and_exit_3(
    run: Run, monkeypatch: pytest.MonkeyPatch, make_notebook: Callable[..., Path]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = run("grade", make_notebook(TRACKED))
    assert done.returncode == 3
    assert "git is not installed" in done.stdout


def test_the_log_reads_a_store(tracking: str, tmp_path: Path) -> None:
    with mlflow.start_run(run_name="one") as active:
        mlflow.log_metric("test_rmse", 3.25)
    done = processed("log", active.info.run_id, "--store", tracking, "-o", tmp_path / "log.md")
    assert done.returncode == 0
    assert "| test_rmse | 3.25 |" in (tmp_path / "log.md").read_text()


def test_a_store_that_is_not_there_is_said(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("log", "abc")
    assert done.returncode == 1
    assert f"expected an MLflow store at {tmp_path / 'mlflow.db'}" in done.stderr


@pytest.mark.exhaustive
def test_the_doctor_finds_this_machine_well() -> None:
    done = processed("doctor")
    assert done.returncode == 0, done.stdout
    assert "a run was logged and read back" in done.stdout
    said = f"Landlock {strength().landlock}, seccomp" if strength().enough else "none"
    assert f"confinement: {said}" in done.stdout


def test_new_makes_a_notebook(run: Run, tmp_path: Path) -> None:
    done = run("new", "05", "churn_model", "--folder", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "M9_05_churn_model.ipynb").is_file()
