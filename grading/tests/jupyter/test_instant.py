"""The instant check is the grade: the same checks, in the kernel, on the store the student sees."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from grading import instant
from grading.assessment.assessment import grade_execution
from grading.evidence.evidence import Evidence
from grading.jupyter.instant import InstantCheck
from grading.reports.words import WORDS, points
from grading.tests.conftest import LessonRun, logging_to


@pytest.mark.xdist_group("solved")
def test_the_card_at_the_end_of_the_lesson_is_the_grade(solved: LessonRun) -> None:
    card = next(cell for cell in solved.execution.notebook.cells if cell["id"] == "checklist").outputs[-1]
    graded = grade_execution(solved.lesson, solved.notebook, solved.execution, "practice").scorecard
    shown = re.findall(r"^  . (.+?) +([\d.]+/[\d.]+)  (.+)$", card["data"]["text/plain"], re.MULTILINE)
    order = {group: place for place, group in enumerate(solved.lesson.groups)}
    results = sorted(graded.results, key=lambda result: order[result.group])
    assert shown == [(WORDS[r.verdict], f"{points(r.points)}/{points(r.max_points)}", r.sentence) for r in results]
    assert "100 of 100 points" in card["data"]["text/plain"]


def test_nothing_logged_is_to_do_and_raises_nothing(tracking: str) -> None:
    mlflow.set_experiment("breast-cancer-screening")
    check = instant("M9_01")
    text = repr(check())
    assert "0 of 100 points" in text
    assert "not yet" not in text


def test_a_folder_that_was_renamed_is_said_in_the_setup_cell_and_one_that_was_not_is_not(
    empty_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    with logging_to(empty_store, folder), mlflow.start_run():
        mlflow.log_text("a", "a.txt")
        instant("M9_01")
    assert capsys.readouterr().out == ""
    there = folder.rename(tmp_path / "module 9")
    mlflow.set_tracking_uri(f"sqlite:///{there / 'mlflow.db'}")
    instant("M9_01")
    mlflow.set_tracking_uri("")
    said = capsys.readouterr()
    assert f"{there} was moved or renamed: its MLflow store still keeps the files of runs in {folder}." in said.out
    assert said.err == ""


def test_only_what_is_newer_than_the_setup_cell_counts(tracking: str) -> None:
    with mlflow.start_run(run_name="yesterday"):
        mlflow.log_metric("test_rmse", 1)
    time.sleep(0.01)
    check = instant("M9_01")
    assert "yesterday" not in repr(check("checklist"))
    assert "none since this kernel started" in repr(check("checklist"))
    with mlflow.start_run(run_name="today"):
        mlflow.log_metric("test_rmse", 1)
    assert "'today'" in repr(check("checklist"))


def test_an_experiment_without_runs_is_seen_when_it_is_set(tracking: str) -> None:
    mlflow.set_experiment("an-older-experiment-of-mine")
    check = instant("M9_01")
    mlflow.set_experiment("diabetes-progression-forecast")
    assert "'diabetes-progression-forecast'" in repr(check("task1"))
    mlflow.set_experiment("breast-cancer-screening")  # the lesson goes on
    assert "'diabetes-progression-forecast'" in repr(check("task1"))


@pytest.mark.parametrize("name", ["task9", "checks", 7, ""])
def test_an_unknown_task_is_a_sentence(tracking: str, name: str) -> None:
    assert "expected one of task1, task2, task3, task4, checklist" in repr(instant("M9_01")(name))


def test_a_number_names_a_task(tracking: str) -> None:
    check = instant("M9_01")
    assert repr(check(2)) == repr(check("task2"))


def test_a_notebook_of_ones_own_has_the_checklist(tracking: str) -> None:
    check = instant("M9_05")
    assert "Checklist: 0 of 36 points" in repr(check())
    assert "expected one of checklist" in repr(check("task1"))


def test_a_store_that_is_gone_is_a_sentence(tracking: str, tmp_path: Path) -> None:
    check = instant("M9_01")
    (tmp_path / "mlflow.db").unlink()
    assert "expected an MLflow store at" in repr(check())


def test_a_mistake_of_ours_stops_no_notebook(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check = instant("M9_01")
    monkeypatch.setattr(InstantCheck, "_evidence", lambda *_: 1 / 0)
    assert "the check itself failed (ZeroDivisionError" in repr(check())


def test_a_check_that_breaks_is_ours_and_the_others_go_on(tracking: str, evidence: Callable[[], Evidence]) -> None:
    from grading.marking.grader import run_checks
    from grading.marking.lesson import make_check
    from grading.marking.verdict import Verdict

    def breaks(evidence: Evidence) -> str:
        """A check with a mistake in it."""
        raise KeyError("oops")

    def holds(evidence: Evidence) -> str:
        """A check without."""
        return "fine"

    results = run_checks([make_check(breaks, "task1", 4), make_check(holds, "task1", 4)], evidence())
    assert [result.verdict for result in results] == [Verdict.ERROR, Verdict.PASSED]
    assert "KeyError" in results[0].found


def test_the_card_names_the_newest_run_and_where_the_mlflow_ui_shows_it(tracking: str) -> None:
    check = instant("M9_01")
    assert "newest run" not in repr(check("task2"))
    with mlflow.start_run(run_name="ridge") as run:
        mlflow.log_metric("test_rmse", 1)
    shown = repr(check("task2"))
    assert "the newest run that was checked: ridge, " in shown
    assert shown.count(run.info.run_id) == 1


def test_a_row_that_waits_names_the_row_it_waits_for(tracking: str) -> None:
    shown = repr(instant("M9_01")("task4"))
    assert "waits for: task 4: Cross-validation is a parent run with one nested run per fold" in shown


def test_hints_are_shown_when_asked_for(tracking: str) -> None:
    check = instant("M9_01")
    assert "try:" not in repr(check("task1"))
    assert "try: mlflow.set_experiment" in repr(check("task2", hint=True))


def test_a_changed_artifact_is_read_anew(tracking: str) -> None:
    check = instant("M9_01")
    with mlflow.start_run() as run:
        mlflow.log_metric("test_rmse", 1)
        mlflow.log_text("pandas", "requirements.txt")
    asked = "The run keeps a requirements.txt with exact versions."
    assert f"0/2  {asked}" in repr(check("task3"))
    mlflow.log_text("pandas==3.0.0", "requirements.txt", run_id=run.info.run_id)
    assert f"2/2  {asked}" in repr(check("task3"))


def test_the_check_says_how_it_is_asked() -> None:
    said = repr(instant("M9_01"))
    for call in ('check("task1")', 'check("checklist")', "check()", "hint=True"):
        assert call in said


LOOKS = """
import sys
opened = []
files = ("open", "os.scandir", "os.listdir")
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in files else None)
from grading import instant
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
check = instant("M9_01")
assert " of 100 points" in repr(check(hint=True))
assert not hasattr(check, "solution")
assert "grading.marking.grader" in sys.modules
print([name for name in sys.modules if name.startswith(("grading.solutions", "grading.assessment.assessment"))])
print([path for path in opened if "solutions" in path])
"""


@pytest.mark.slow
def test_the_check_has_no_solution_and_looks_at_none(tracking: str, tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", LOOKS, tracking], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert asked.stdout.splitlines() == ["[]", "[]"], asked.stderr
