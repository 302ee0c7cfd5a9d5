"""Each way a notebook can go wrong is a named state, with marks for what had been logged until then."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.assessment.assessment import assess
from grading.errors import InputError
from grading.evidence.open_store import open_store
from grading.files import TOOLS
from grading.marking.verdict import Scorecard, Verdict
from grading.running.execution import run_notebook
from grading.running.execution_report import State
from grading.running.notebook import read_notebook

pytestmark = pytest.mark.slow

TRACKED = """import mlflow
mlflow.set_experiment("tumour size forecast")
mlflow.set_experiment_tags({"project": "p", "team": "t", "mlflow.note.content": "We expect an error below 3 in all."})
with mlflow.start_run(run_name="kept"):
    mlflow.log_metric("test_rmse", 1)"""
TASK1 = 16.0


def _task1(card: Scorecard) -> float:
    return sum(result.points for result in card.results if result.group == "task1")


@pytest.mark.parametrize(
    ("cell", "state", "error"),
    [
        ("raise ValueError('a reason')", State.RAISED, "ValueError: a reason"),
        ("import sys; sys.exit(3)", State.RAISED, "SystemExit: 3"),
        ("import os; os._exit(0)", State.KERNEL_DIED, "the kernel died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", State.KERNEL_DIED, "the kernel died"),
    ],
)
def test_a_failure_is_a_state_and_what_was_logged_counts(
    make_notebook: Callable[..., Path], cell: str, state: State, error: str
) -> None:
    card = assess(make_notebook(TRACKED, cell)).scorecard
    assert card.execution.state is state
    assert [failure.cell for failure in card.execution.failures] == ["cell-1"]
    assert card.execution.failures[0].error.startswith(error)
    assert card.graded
    assert _task1(card) == TASK1


def test_cells_after_one_that_raises_still_run(make_notebook: Callable[..., Path]) -> None:
    card = assess(make_notebook("1 / 0", TRACKED)).scorecard
    assert card.execution.state is State.RAISED
    assert _task1(card) == TASK1


def test_a_cell_that_never_ends_is_stopped_at_the_limit(make_notebook: Callable[..., Path]) -> None:
    card = assess(make_notebook(TRACKED, "while True: pass", "print('never')"), timeout=15).scorecard
    assert card.execution.state is State.TIMED_OUT
    assert card.execution.failures[0].cell == "cell-1"
    assert _task1(card) == TASK1


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("import mlflow\nmlflow.set_tracking_uri('sqlite:///my_own.db')\n" + TRACKED, "my_own.db, was not graded"),
        (TRACKED + "\nimport os\nos.remove(TRACKING_URI.removeprefix('sqlite:///'))", "it was deleted"),
    ],
    ids=["own store", "store deleted"],
)
def test_a_store_that_is_not_the_given_one_is_said(make_notebook: Callable[..., Path], cell: str, note: str) -> None:
    card = assess(make_notebook(cell)).scorecard
    assert note in " ".join(card.execution.notes)
    assert card.score == 0
    assert {result.verdict for result in card.results} == {Verdict.NOT_ATTEMPTED}


def test_a_store_overwritten_with_rubbish_is_not_attempted_or_failed_but_graded(
    make_notebook: Callable[..., Path],
) -> None:
    cell = TRACKED + "\nopen(TRACKING_URI.removeprefix('sqlite:///'), 'wb').write(b'rubbish' * 999);"
    card = assess(make_notebook(cell)).scorecard
    assert card.graded
    assert card.score == 0
    assert "expected a store of this MLflow" in card.results[0].found


def test_a_server_that_is_not_there_is_said_within_the_limit(make_notebook: Callable[..., Path]) -> None:
    cell = "import mlflow\nmlflow.set_tracking_uri('http://127.0.0.1:9')\nmlflow.set_experiment('a')"
    card = assess(make_notebook(cell, TRACKED), timeout=100).scorecard  # MLflow's own patience is 246 seconds
    assert card.execution.state is State.RAISED
    assert "127.0.0.1" in card.execution.failures[0].error


def test_output_that_is_not_utf8_or_is_endless_harms_nothing(make_notebook: Callable[..., Path]) -> None:
    cells = ("import sys, os\nos.write(1, b'\\xff\\xfe\\x00')\nprint('\\udcff \\x00 é')", "print('x' * 3_000_000)")
    assessed = assess(make_notebook(*cells, TRACKED))
    assert assessed.scorecard.execution.state in (State.FINISHED, State.RAISED)
    assert _task1(assessed.scorecard) == TASK1
    texts = [output.get("text", "") for cell in assessed.executed.cells for output in cell.outputs]
    assert max(map(len, texts)) < 1_100_000


@pytest.mark.parametrize("name", ['M9_01_it\'s "quoted" & spaced.ipynb', "M9_01_Prüfung-для-学生.ipynb"])
def test_a_name_with_spaces_quotes_and_other_letters_is_graded(make_notebook: Callable[..., Path], name: str) -> None:
    card = assess(make_notebook(TRACKED, name=name)).scorecard
    assert card.notebook == name
    assert _task1(card) == TASK1


def test_a_folder_that_cannot_be_written_is_said(make_notebook: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")  # root may write anywhere, but nobody can make a folder inside a file
    with pytest.raises(InputError, match="expected a folder that can be written"):
        run_notebook(read_notebook(make_notebook("1")), tmp_path / "file" / "run", data=tmp_path)


def test_without_git_the_commit_is_ungraded_and_the_rest_is_graded(
    make_notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    card = assess(make_notebook(TRACKED)).scorecard
    verdicts = {result.id: result.verdict for result in card.results}
    assert verdicts["checklist.code_version_tagged"] is Verdict.ERROR
    assert "git is not installed" in next(r.found for r in card.results if r.verdict is Verdict.ERROR)
    assert not card.graded
    assert _task1(card) == TASK1


def test_the_kernel_gets_nothing_of_the_graders_environment(
    make_notebook: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    cell = "import os, json, pathlib\npathlib.Path('env.json').write_text(json.dumps(dict(os.environ)))"
    execution = run_notebook(read_notebook(make_notebook(cell)), tmp_path / "run", data=tmp_path)
    seen = (execution.folder / "env.json").read_text()
    assert "hunter2" not in seen
    assert str(Path.home()) + '"' not in seen or os.environ["HOME"] == "/"


def test_the_commit_is_of_what_was_handed_in_and_the_same_again(
    make_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    notebook = read_notebook(make_notebook("import pathlib\npathlib.Path('made.txt').write_text('x')"))
    first, second = (run_notebook(notebook, tmp_path / name, data=tmp_path) for name in ("a", "b"))
    assert first.code.commit == second.code.commit
    assert first.code.dirty is False


def test_data_handed_in_beside_the_notebook_comes_along(make_notebook: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("row,a\n1,2\n")
    execution = run_notebook(read_notebook(make_notebook("open('own.csv').read()")), tmp_path / "run", data=tmp_path)
    assert execution.report.state is State.FINISHED
    assert "handed in with it: own.csv" in execution.report.notes


ASK_TOOL = "import clinic\nprint(clinic.sha256_of.__doc__, getattr(clinic, 'MINE', 'none'))"


def test_the_lessons_tools_lie_beside_each_notebook(make_notebook: Callable[..., Path], tmp_path: Path) -> None:
    execution = run_notebook(read_notebook(make_notebook(ASK_TOOL)), tmp_path / "run", data=tmp_path)
    assert execution.report.failures == ()
    assert not any("clinic" in note for note in execution.report.notes)


@pytest.mark.parametrize(("added", "told"), [("\n\n", False), ("\nMINE = 'changed'\n", True)])
def test_a_tool_that_was_handed_in_is_used_and_a_change_is_told(
    make_notebook: Callable[..., Path], tmp_path: Path, added: str, told: bool
) -> None:
    path = make_notebook(ASK_TOOL)
    (path.parent / "clinic.py").write_text(TOOLS["clinic.py"].read_text("utf-8") + added)
    execution = run_notebook(read_notebook(path), tmp_path / "run", data=tmp_path)
    assert ("changed" in execution.notebook.cells[1].outputs[0].text) is told
    assert ("used with its own changed copy of clinic.py" in execution.report.notes) is told


def test_runs_go_to_the_given_store_even_when_the_notebook_never_names_it(
    make_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    execution = run_notebook(read_notebook(make_notebook(TRACKED)), tmp_path / "run", data=tmp_path)
    assert [run.name for run in open_store(execution.tracking_uri).runs] == ["kept"]
