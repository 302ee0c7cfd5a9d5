"""An MLflow store in a SQLite file, read by SQL: 0.03 s, cannot write, runs no migration."""

import functools
import os
import sqlite3
import stat
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grading.errors import StoreError
from grading.evidence.store import (
    LARGEST_READ,
    Dataset,
    Experiment,
    LocalArtifacts,
    LoggedModel,
    ModelVersion,
    Point,
    Run,
    local_path,
)

LONGEST_QUERY = 30  # seconds; a view in place of a table could run for ever
LARGEST_ANSWER, ROW = 200_000_000, 100  # bytes of one query's rows, and of a row itself: a text can be made when read
READY = 2  # LoggedModelStatus in MLflow's database: 1 pending, 2 ready, 3 failed


def _damage_is_said(read: Callable[..., Any]) -> Callable[..., Any]:
    """A row that no MLflow wrote (text for a number, no status) is a damaged store, not a mistake of ours."""

    @functools.wraps(read)
    def reading(self: "SqliteStore", *arguments: Any) -> Any:
        try:
            return read(self, *arguments)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise StoreError(f"expected rows as MLflow writes them in {self.path}; found: {error}") from None

    return reading


def _refuse_strangers(path: Path) -> None:
    """A link would show another's store as the student's own; a pipe, where SQLite looks for a journal, never opens."""
    for ending in ("", "-journal", "-wal", "-shm"):
        file = path.with_name(path.name + ending)
        if os.path.lexists(file) and not stat.S_ISREG(file.lstat().st_mode):
            raise StoreError(f"expected nothing but files as the store at {path}; found a link or a pipe {file.name}")


class SqliteStore:
    """The view of one SQLite file; each property reads once. Raises StoreError when the file is not an MLflow store."""

    def __init__(self, uri: str, root: Path | None = None) -> None:
        self.uri = uri
        self.root = root
        self.path = Path(uri.removeprefix("sqlite:///").partition("?")[0])
        if not self.path.is_file():
            raise StoreError(f"expected an MLflow store at {self.path.absolute()}; found no file there")
        if root:
            _refuse_strangers(self.path)

    @cached_property
    @_damage_is_said
    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, oldest first."""
        tags = self._mappings("select experiment_id, key, value from experiment_tags")
        rows = self._rows("select experiment_id, name, lifecycle_stage from experiments order by creation_time")
        return tuple(Experiment(str(id), name, tags[id], stage == "deleted") for id, name, stage in rows)

    @property
    @_damage_is_said
    def artifact_locations(self) -> list[str]:
        """Where the experiments that were not deleted keep their files, oldest first."""
        query = "select artifact_location from experiments where lifecycle_stage = 'active' order by creation_time"
        return [str(location) for (location,) in self._rows(query) if location]

    @cached_property
    @_damage_is_said
    def runs(self) -> tuple[Run, ...]:
        """All runs, oldest first."""
        experiments = {experiment.id: experiment for experiment in self.experiments}
        params = self._mappings("select run_uuid, key, value from params")
        tags = self._mappings("select run_uuid, key, value from tags")
        metrics: dict[str, dict[str, float]] = defaultdict(dict)
        for id, key, value, is_nan in self._rows("select run_uuid, key, value, is_nan from latest_metrics"):
            metrics[id][key] = float("nan") if is_nan else float(value)
        datasets, models = self._datasets(), self._models()
        rows = self._rows(
            "select run_uuid, name, status, lifecycle_stage, start_time, end_time, artifact_uri, experiment_id"
            " from runs order by start_time, rowid"
        )
        return tuple(
            Run(
                id=id,
                name=str(name or ""),
                status=str(status),
                deleted=stage == "deleted",
                experiment=experiments[str(experiment_id)],
                start_time=int(start or 0),
                end_time=None if end is None else int(end),
                artifacts=LocalArtifacts(local_path(artifact_uri or ""), self.root),
                params=params[id],
                metrics=metrics[id],
                tags=tags[id],
                datasets=tuple(datasets[id]),
                models=tuple(models[id]),
            )
            for id, name, status, stage, start, end, artifact_uri, experiment_id in rows
            if str(experiment_id) in experiments
        )

    @cached_property
    @_damage_is_said
    def versions(self) -> tuple[ModelVersion, ...]:
        """All registered model versions, by name and number."""
        aliases = defaultdict(list)
        for name, version, alias in self._rows("select name, version, alias from registered_model_aliases"):
            aliases[name, int(version)].append(alias)
        tags: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
        for name, version, key, value in self._rows("select name, version, key, value from model_version_tags"):
            tags[name, int(version)][key] = value
        rows = self._rows(
            "select name, version, run_id, source, description from model_versions"
            " where current_stage != 'Deleted_Internal' order by name, version"  # MLflow keeps a row of a deleted one
        )
        return tuple(
            ModelVersion(
                name, number, run_id, source, tuple(sorted(aliases[name, number])), tags[name, number], about or ""
            )
            for name, number, run_id, source, about in rows
        )

    def history(self, run_id: str, key: str) -> tuple[Point, ...]:
        """Every value of a metric in the order it was logged."""
        return tuple(self._points.get((run_id, key), ()))

    @cached_property
    @_damage_is_said
    def _points(self) -> dict[tuple[str, str], list[Point]]:
        """The values of all metrics of all runs: with ten thousand runs, a query for each takes half a minute."""
        found: dict[tuple[str, str], list[Point]] = defaultdict(list)
        for id, key, step, value, nan, at in self._rows(
            "select run_uuid, key, step, value, is_nan, timestamp from metrics order by timestamp, step"
        ):
            found[id, key].append(Point(step, float("nan") if nan else float(value), at))
        return found

    @_damage_is_said
    def location(self, version: ModelVersion) -> str:
        """Where the files lie that `models:/name/version` loads."""
        rows = self._rows(
            "select coalesce(nullif(storage_location, ''), source) from model_versions where name = ? and version = ?",
            (version.name, str(version.version)),
        )
        return str(rows[0][0] or "") if rows else ""

    def _datasets(self) -> dict[str, list[Dataset]]:
        tags = self._mappings("select input_uuid, name, value from input_tags")
        found = defaultdict(list)
        for run_id, input_id, name, digest, kind, source, profile in self._rows(
            "select i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source,"
            " d.dataset_profile from inputs i join datasets d on d.dataset_uuid = i.source_id"
            " where i.source_type = 'DATASET' and i.destination_type = 'RUN' order by i.rowid"
        ):
            own = dict(tags[input_id])
            context = own.pop("mlflow.data.context", "")
            texts = (name or "", digest or "", kind or "", source or "", context)
            found[run_id].append(Dataset(*texts, own, profile or ""))
        return found

    def _models(self) -> dict[str, list[LoggedModel]]:
        found = defaultdict(list)
        for id, name, run_id, status, location in self._rows(
            "select model_id, name, source_run_id, status, artifact_location from logged_models"
            " where lifecycle_stage = 'active' order by creation_timestamp_ms"
        ):
            folder = LocalArtifacts(local_path(location or ""), self.root)
            found[run_id].append(LoggedModel(id, name or "", run_id, status == READY, folder))
        return found

    def _mappings(self, query: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for owner, key, value in self._rows(query):
            found[owner][str(key)] = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
        return found

    def _rows(self, query: str, values: tuple[str, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=5)) as connection:
                connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
                connection.execute("pragma trusted_schema = off")  # the file is student-written
                deadline = time.monotonic() + LONGEST_QUERY
                connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_READ)
                found, room = [], LARGEST_ANSWER
                for row in connection.execute(query, values):
                    found.append(row)
                    room -= ROW + sum(map(sys.getsizeof, row))
                    if room < 0:
                        raise StoreError(f"expected a store of a lesson's size at {self.path}; found more than 200 MB")
                return found
        except sqlite3.Error as error:
            raise StoreError(
                f"expected a store of this MLflow at {self.path}; found: {error}. "
                "Made by an older MLflow? Upgrade it with `mlflow db upgrade`."
            ) from None
