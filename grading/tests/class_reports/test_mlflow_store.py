import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from grading.class_reports.mlflow_store import log_class
from grading.cohort.graded import Graded
from grading.errors import InputError
from grading.marking.verdict import Verdict
from grading.tests.classroom import HOSTILE, graded, scorecard, submission

ADA = submission("Ada", late=True)
Runs = Callable[..., list[Run]]


@pytest.fixture
def out(empty_store: Path, tmp_path: Path) -> Path:
    """A class's folder with a migrated store: to make one takes seconds."""
    shutil.copyfile(empty_store, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture
def runs(out: Path) -> Runs:
    """The class's runs, as MLflow itself reads them."""

    def read(view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
        experiment = client.get_experiment_by_name("class")
        assert experiment
        return list(client.search_runs([experiment.experiment_id], run_view_type=view))

    return read


def _graded(*verdicts: Verdict, **more: Any) -> Graded:
    result: Graded = graded(ADA, scorecard("M9_01", verdicts), **more)
    return result


def test_a_submission_is_a_run_with_its_mark_its_checks_and_what_it_cost(out: Path, runs: Runs) -> None:
    folder = out / "results" / ADA.slug
    folder.mkdir(parents=True)
    (folder / "M9_01.html").write_text("<p>card")
    result = _graded(Verdict.PASSED, Verdict.FAILED)
    log_class([result], out)
    (run,) = runs()
    card = result.scorecard
    assert card
    assert run.info.run_name == "Ada M9_01"
    assert run.info.end_time - run.info.start_time == 2500
    metrics = run.data.metrics
    assert (metrics["score"], metrics["percent"]) == (card.score, card.percent)
    assert (metrics["seconds"], metrics["cpu_seconds"], metrics["peak_memory_mb"]) == (2.5, 2, 300)
    for row in card.results:
        assert metrics[f"points/{row.id}"] == row.points
    assert run.data.params == {
        "lesson": "M9_01", "student": ADA.slug, "sha256": ADA.sha256, "grader": "0.1.0", "confinement": "none",
    }  # fmt: skip
    tags = run.data.tags
    assert (tags["state"], tags["late"], tags["ungraded"]) == ("FINISHED", "true", "false")
    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["scorecard.html"]
    assert client.get_metric_history(run.info.run_id, "score")[0].value == card.score


def test_an_ungraded_submission_has_no_score(out: Path, runs: Runs) -> None:
    broken = [_graded(Verdict.PASSED, Verdict.ERROR), graded(submission("Bo"), None, problem="killed")]
    log_class(broken, out)
    for run in runs():
        assert "score" not in run.data.metrics
        assert run.data.tags["ungraded"] == "true"
        assert run.data.tags["problem"]


def test_logging_the_class_again_adds_nothing(out: Path, runs: Runs) -> None:
    results = [_graded(Verdict.PASSED), graded(submission("Bo"), None, problem="killed")]
    for _ in range(2):
        log_class(results, out)
    assert len(runs(ViewType.ALL)) == 2


def test_a_resumed_class_adds_what_is_new(out: Path, runs: Runs) -> None:
    log_class([_graded(Verdict.PASSED)], out)
    log_class([_graded(Verdict.PASSED), graded(submission("Bo"), None, problem="killed")], out)
    assert sorted(run.info.run_name for run in runs()) == ["Ada M9_01", "Bo M9_01"]


def test_a_result_that_changed_replaces_its_run_and_may_come_back(out: Path, runs: Runs) -> None:
    before, after = _graded(Verdict.FAILED), _graded(Verdict.PASSED, graded_at="2026-11-21T19:00:00Z")
    for result, score in ((before, 0), (after, 100), (before, 0)):
        log_class([result], out)
        (run,) = runs()
        assert run.data.metrics["score"] == score
    assert len(runs(ViewType.ALL)) == 2


def test_grading_one_lesson_leaves_the_runs_of_the_others(out: Path, runs: Runs) -> None:
    log_class([_graded(Verdict.PASSED)], out)
    log_class([graded(submission("Ada", "M9_02"), scorecard("M9_02", [Verdict.PASSED]))], out)
    assert {run.data.params["lesson"] for run in runs()} == {"M9_01", "M9_02"}


def test_hostile_names_are_shown_as_text(out: Path, runs: Runs) -> None:
    log_class([graded(submission(name), None, problem=name) for name in HOSTILE], out)
    names = [run.info.run_name for run in runs()]
    assert len(names) == len(HOSTILE)
    assert all(name.isprintable() and len(name) <= 250 for name in names)


def test_the_experiment_comes_out_of_the_trash_again(out: Path, runs: Runs) -> None:
    log_class([_graded(Verdict.PASSED)], out)
    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("class")
    assert experiment
    client.delete_experiment(experiment.experiment_id)
    log_class([_graded(Verdict.PASSED)], out)
    assert len(runs()) == 1


def test_a_damaged_store_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("not a database " * 100)
    with pytest.raises(InputError, match=r"mlflow\.db cannot be written: .*Delete it"):
        log_class([_graded(Verdict.PASSED)], tmp_path)
