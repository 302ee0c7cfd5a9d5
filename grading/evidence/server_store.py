"""An MLflow store behind a tracking server, read with MLflow's own client."""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grading.errors import StoreError, Unmet, shorten
from grading.evidence.store import (
    LARGEST_READ,
    Dataset,
    Experiment,
    LoggedModel,
    ModelVersion,
    Point,
    Run,
)

LONGEST_REASON = 200  # characters of an error


class ServerStore:
    """The view of a tracking server; each property asks once. Raises StoreError when the server does not answer."""

    def __init__(self, uri: str) -> None:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        self.uri = uri
        self._client: Any = MlflowClient(tracking_uri=uri, registry_uri=uri)
        try:
            self._client.search_experiments(max_results=1)
        except MlflowException as error:
            raise StoreError(f"expected an MLflow server at {uri}; found: {_reason(error)}") from None

    @cached_property
    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, oldest first."""
        found = self._pages(self._client.search_experiments, view_type=3)
        found.sort(key=lambda experiment: (experiment.creation_time, experiment.experiment_id))
        return tuple(Experiment(e.experiment_id, e.name, dict(e.tags), e.lifecycle_stage == "deleted") for e in found)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All runs, oldest first."""
        experiments = {experiment.id: experiment for experiment in self.experiments}
        models = self._models(list(experiments))
        found = self._pages(
            self._client.search_runs, experiment_ids=list(experiments), run_view_type=3, order_by=["start_time ASC"]
        )
        return tuple(
            Run(
                id=run.info.run_id,
                name=run.info.run_name or "",
                status=run.info.status,
                deleted=run.info.lifecycle_stage == "deleted",
                experiment=experiments[run.info.experiment_id],
                start_time=run.info.start_time,
                end_time=run.info.end_time,
                artifacts=RemoteArtifacts(self._client, run.info.artifact_uri, run.info.run_id),
                params=dict(run.data.params),
                metrics=dict(run.data.metrics),
                tags=dict(run.data.tags),
                datasets=tuple(map(_dataset, run.inputs.dataset_inputs)),
                models=tuple(models.get(run.info.run_id, ())),
            )
            for run in found
        )

    @cached_property
    def versions(self) -> tuple[ModelVersion, ...]:
        """All registered model versions, by name and number."""
        aliases: dict[tuple[str, int], list[str]] = {}  # which the search for versions leaves out
        for model in self._pages(self._client.search_registered_models):
            for alias, version in model.aliases.items():
                aliases.setdefault((model.name, int(version)), []).append(alias)
        found = self._pages(self._client.search_model_versions)
        found.sort(key=lambda version: (version.name, int(version.version)))
        return tuple(
            ModelVersion(
                v.name, int(v.version), v.run_id, v.source,
                tuple(sorted(aliases.get((v.name, int(v.version)), ()))), dict(v.tags), v.description or "",
            )
            for v in found
        )  # fmt: skip

    def history(self, run_id: str, key: str) -> tuple[Point, ...]:
        """Every value of a metric in the order it was logged."""
        try:
            found = self._client.get_metric_history(run_id, key)
        except Exception as error:  # MLflow's and the network's own kinds
            raise StoreError(f"expected {self.uri} to answer; found: {_reason(error)}") from None
        points = [Point(metric.step, metric.value, metric.timestamp) for metric in found]
        return tuple(sorted(points, key=lambda point: (point.timestamp, point.step)))

    def location(self, version: ModelVersion) -> str:
        """Where the files lie that `models:/name/version` loads."""
        try:
            return str(self._client.get_model_version_download_uri(version.name, str(version.version)))
        except Exception as error:  # MLflow's and the network's own kinds
            raise StoreError(f"expected {self.uri} to answer; found: {_reason(error)}") from None

    def _models(self, experiment_ids: list[str]) -> dict[str, list[LoggedModel]]:
        found = self._pages(self._client.search_logged_models, experiment_ids=experiment_ids)
        models: dict[str, list[LoggedModel]] = {}
        for model in sorted(found, key=lambda model: model.creation_timestamp):
            folder = RemoteArtifacts(self._client, model.artifact_location, model.source_run_id, model.model_id)
            logged = LoggedModel(model.model_id, model.name, model.source_run_id, str(model.status) == "READY", folder)
            models.setdefault(model.source_run_id, []).append(logged)
        return models

    def _pages(self, search: Any, **arguments: Any) -> list[Any]:
        found: list[Any] = []
        token = None
        while True:
            try:
                page = search(page_token=token, **arguments)
            except Exception as error:  # MLflow's and the network's own kinds
                raise StoreError(f"expected {self.uri} to answer; found: {_reason(error)}") from None
            found.extend(page)
            token = page.token
            if not token:
                return found


@dataclass(frozen=True)
class RemoteArtifacts:
    """Files on the server, fetched when they are asked for into a new temporary folder."""

    client: Any
    location: str  # as the server names it
    run_id: str
    model_id: str = ""

    def paths(self) -> list[str]:
        """The relative paths of the files, sorted; raises Unmet when the server does not say."""
        found, folders = [], [""]
        while folders:
            for entry in self._list(folders.pop()):
                if entry.is_dir:
                    folders.append(entry.path)
                else:
                    found.append(entry.path)
        return sorted(found)

    def local(self, path: str) -> Path:
        """The file, fetched; raises Unmet when it is missing or larger than 20 MB."""
        folder = path.rpartition("/")[0]
        entry = next((entry for entry in self._list(folder) if entry.path == path), None)
        if entry is None:
            raise Unmet(f"the artifact {path}", "no such file in the run's artifacts", "log it again in this run")
        if (entry.file_size or 0) > LARGEST_READ:
            raise Unmet(f"{path} of at most 20 MB", f"{entry.file_size / 1e6:,.0f} MB", "log a smaller file")
        return self._fetch(path)

    def all_local(self) -> Path:
        """All the files, fetched; raises Unmet when they cannot be."""
        return self._fetch("")

    def are_at(self, location: str) -> bool:
        """Whether the location is this one."""
        return location.rstrip("/") == self.location.rstrip("/")

    def _fetch(self, path: str) -> Path:
        import mlflow.artifacts

        with _failure_is_said(path or "its files"):
            found = mlflow.artifacts.download_artifacts(
                f"{self.location}/{path}",
                dst_path=tempfile.mkdtemp(dir=_fetched().name),
                tracking_uri=self.client.tracking_uri,
            )
        return Path(found)

    def _list(self, folder: str) -> list[Any]:
        with _failure_is_said(folder or "the list of its files"):
            if self.model_id:
                return list(self.client.list_logged_model_artifacts(self.model_id, folder or None))
            return list(self.client.list_artifacts(self.run_id, folder or None))


def _reason(error: Exception) -> str:
    """The first line of MLflow's or the network's error; its reason stands at the end."""
    return shorten(next(iter(str(error).splitlines()), type(error).__name__), LONGEST_REASON)


@functools.cache
def _fetched() -> "tempfile.TemporaryDirectory[str]":
    """Where fetched files lie until this process ends."""
    return tempfile.TemporaryDirectory(prefix="grading-artifacts-", ignore_cleanup_errors=True)


@contextmanager
def _failure_is_said(what: str) -> Iterator[None]:
    """An artifact store that does not answer is a missing artifact; its errors are of many libraries."""
    try:
        yield
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise Unmet(f"the artifact store to give {what}", reason, "look at this run in the MLflow UI") from None


def _dataset(entry: Any) -> Dataset:
    tags = {tag.key: tag.value for tag in entry.tags}
    context = tags.pop("mlflow.data.context", "")
    data = entry.dataset
    return Dataset(data.name, data.digest, data.source_type, data.source, context, tags, data.profile or "")
