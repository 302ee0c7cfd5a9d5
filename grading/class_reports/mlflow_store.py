"""The class run as an MLflow experiment: one run a submission, so that the MLflow UI shows the class."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from grading.class_reports.roster import RESULTS, why_ungraded
from grading.cohort.graded import Graded
from grading.errors import InputError, shorten

STORE, EXPERIMENT, ARTIFACTS = "mlflow.db", "class", "class-artifacts"
NOTE = (
    "One run for each submission. `points/…` are the points of each check; a run without `score` is ungraded, through "
    "no fault of the student. Made by `grading cohort`: a result that changes replaces its run."
)
Row = dict[str, Any]


def log_class(graded: Sequence[Graded], out: Path) -> Path:
    """Bring the MLflow store in `out` up to date with these results, all or nothing; returns its file.

    A result that is there stays as it is; a changed one replaces its run, which goes to MLflow's trash.
    Raises InputError when the store cannot be written.
    """
    file = out.resolve() / STORE
    try:
        out.mkdir(parents=True, exist_ok=True)
        experiment = _experiment(f"sqlite:///{file}", (file.parent / ARTIFACTS).as_uri())
        # MlflowClient takes seven commits a run and minutes for a class; these are MLflow's own tables, in one commit.
        with create_engine(f"sqlite:///{file}", poolclass=NullPool).begin() as connection:
            new = _replace_runs(connection, experiment, {_run_id(each): each for each in graded})
            for id, each in new.items():
                _insert(connection, each, id, experiment, file.parent)
    except (MlflowException, SQLAlchemyError, OSError) as error:
        said = f"{file} cannot be written: {shorten(error)}. Delete it; the same command makes it anew"
        raise InputError(said) from None
    return file


def _experiment(uri: str, artifacts: str) -> str:
    """The id of the class's experiment; made at the first time, and taken out of the trash again."""
    client = MlflowClient(uri)
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        # The second tag opens MLflow's UI on runs and metrics instead of on traces.
        about = {"mlflow.note.content": NOTE, "mlflow.experimentKind": "custom_model_development"}
        return str(client.create_experiment(EXPERIMENT, artifacts, about))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _run_id(graded: Graded) -> str:
    """The same for the same result, and another one when anything of it changed."""
    return hashlib.sha256(graded.model_dump_json().encode()).hexdigest()[:32]


def _replace_runs(connection: Connection, experiment: str, wanted: dict[str, Graded]) -> dict[str, Graded]:
    """Those that are not in the store yet; runs of older results of the same submissions go to the trash."""
    ours: Any = (
        select(SqlRun.run_uuid, SqlTag.value)
        .join(SqlTag, SqlTag.run_uuid == SqlRun.run_uuid)
        .where(SqlRun.experiment_id == int(experiment), SqlTag.key == "place")
    )
    there: dict[str, str] = {row[0]: row[1] for row in connection.execute(ours)}
    places = {each.place for each in wanted.values()}
    stale = [id for id, place in there.items() if place in places and id not in wanted]
    again = [id for id in wanted if id in there]
    for ids, values in (
        (stale, {"lifecycle_stage": "deleted", "deleted_time": max(map(_ended, wanted.values()), default=0)}),
        (again, {"lifecycle_stage": "active", "deleted_time": None}),
    ):
        for id in ids:
            connection.execute(update(SqlRun).where(SqlRun.run_uuid == id).values(**values))
    return {id: each for id, each in wanted.items() if id not in there}


def _insert(connection: Connection, graded: Graded, id: str, experiment: str, out: Path) -> None:
    folder = out / ARTIFACTS / id / "artifacts"
    name, ended = shorten(f"{graded.student} {graded.lesson}")[:250], _ended(graded)
    run: Row = {
        "run_uuid": id, "name": name, "experiment_id": int(experiment), "status": "FINISHED", "user_id": "grading",
        "source_name": "grading cohort", "start_time": ended - round(1000 * graded.seconds), "end_time": ended,
        "lifecycle_stage": "active", "artifact_uri": folder.as_uri(),
    }  # fmt: skip
    connection.execute(insert(SqlRun), [run])
    tags = {"mlflow.runName": name, "mlflow.user": "grading", **dict(_tags(graded))}
    for table, values in ((SqlParam, dict(_params(graded))), (SqlTag, tags)):
        connection.execute(
            insert(table), [{"run_uuid": id, "key": key, "value": value} for key, value in values.items()]
        )
    metrics = [
        {"run_uuid": id, "key": key, "value": value, "timestamp": ended, "step": 0, "is_nan": False}
        for key, value in dict(_metrics(graded)).items()
    ]
    for table in (SqlMetric, SqlLatestMetric):
        connection.execute(insert(table), metrics)
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in ("html", "json"):
        result = out / RESULTS / graded.slug / f"{graded.lesson}.{suffix}"
        if result.is_file():
            shutil.copyfile(result, folder / f"scorecard.{suffix}")


def _params(graded: Graded) -> Iterator[tuple[str, str]]:
    card = graded.scorecard
    yield from (("lesson", graded.lesson), ("student", shorten(graded.slug)), ("sha256", graded.sha256))
    if card:
        yield from (("grader", card.grader), ("confinement", shorten(card.execution.confinement)))


def _tags(graded: Graded) -> Iterator[tuple[str, str]]:
    problem = why_ungraded(graded)
    yield from (("place", graded.place), ("late", str(graded.late).lower()), ("ungraded", str(bool(problem)).lower()))
    yield "state", graded.scorecard.execution.state.value if graded.scorecard else "NOT_GRADED"
    if problem:
        yield "problem", problem


def _metrics(graded: Graded) -> Iterator[tuple[str, float]]:
    yield from (("seconds", graded.seconds), ("cpu_seconds", graded.cpu_seconds), ("attempts", graded.attempts))
    yield "peak_memory_mb", graded.peak_memory / 1e6
    if graded.scorecard and not why_ungraded(graded):
        yield from (("score", graded.scorecard.score), ("percent", graded.scorecard.percent))
        yield from ((f"points/{result.id}", result.points) for result in graded.scorecard.results)


def _ended(graded: Graded) -> int:
    """When it was graded, in ms since 1970; 0 when that is not a time."""
    try:
        return round(1000 * datetime.fromisoformat(graded.graded_at).timestamp())
    except (ValueError, OverflowError):
        return 0
