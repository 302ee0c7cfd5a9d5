"""A read-only view of an MLflow store: experiments, runs and model versions as plain values."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol
from urllib.parse import urlparse
from urllib.request import url2pathname

from grading.errors import StoreError, Unmet, shorten

LARGEST_READ = 20_000_000  # bytes; nothing a lesson asks for is near it, and an artifact of 1 GB must not be read
MOST_FILES = 5_000  # artifacts of one run that are looked at


@dataclass(frozen=True)
class Experiment:
    """A named collection of runs."""

    id: str
    name: str
    tags: Mapping[str, str]
    deleted: bool = False

    @property
    def note(self) -> str:
        """The description a person wrote."""
        return self.tags.get("mlflow.note.content", "")


@dataclass(frozen=True)
class Point:
    """One value of a metric's history."""

    step: int
    value: float
    timestamp: int  # ms since 1970


@dataclass(frozen=True)
class Dataset:
    """A dataset recorded as a run's input."""

    name: str
    digest: str
    source_type: str
    source: str  # JSON, as MLflow writes it
    context: str
    tags: Mapping[str, str]
    profile: str = ""  # JSON, as MLflow writes it

    @property
    def rows(self) -> int | None:
        """How many rows the profile says there are; None when it does not say."""
        try:
            profile = json.loads(self.profile)
        except (ValueError, RecursionError):
            return None
        found = profile.get("num_rows") if isinstance(profile, dict) else None
        return found if isinstance(found, int) else None

    @property
    def location(self) -> str:
        """Where the source says the data came from; empty when it names no file."""
        try:
            source = json.loads(self.source)
        except (ValueError, RecursionError):
            return self.source
        found = source.get("uri") or source.get("url") or source.get("path") if isinstance(source, dict) else ""
        return found if isinstance(found, str) else ""


@dataclass(frozen=True)
class LoggedModel:
    """A model that a run logged, as files."""

    id: str
    name: str
    run_id: str
    ready: bool
    folder: "Artifacts"


@dataclass(frozen=True)
class Run:
    """One run with its latest metrics; histories are asked of the store."""

    id: str
    name: str
    status: str  # RUNNING SCHEDULED FINISHED FAILED KILLED
    deleted: bool
    experiment: Experiment
    start_time: int  # ms since 1970
    end_time: int | None
    artifacts: "Artifacts"
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[Dataset, ...] = ()
    models: tuple[LoggedModel, ...] = ()

    @property
    def parent_id(self) -> str | None:
        """The run this one is nested in."""
        return self.tags.get("mlflow.parentRunId")

    @property
    def note(self) -> str:
        """The description a person wrote."""
        return self.tags.get("mlflow.note.content", "")


@dataclass(frozen=True)
class ModelVersion:
    """A registered model's version."""

    name: str
    version: int
    run_id: str | None
    source: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
    description: str = ""


class Artifacts(Protocol):
    """Files that a run or a model keeps."""

    def paths(self) -> list[str]:
        """The relative paths, sorted, with `/`; empty when there are none."""

    def local(self, path: str) -> Path:
        """The file on this machine; raises Unmet when it is missing, too large or outside the store."""

    def all_local(self) -> Path:
        """A folder of this machine that holds all the files; raises Unmet when it lies outside the store."""

    def are_at(self, location: str) -> bool:
        """Whether these are the files at that location."""


@dataclass(frozen=True)
class LocalArtifacts:
    """Files in a folder; with `root`, whatever resolves outside of it is refused (the store is student-written)."""

    folder: Path
    root: Path | None = None

    def paths(self) -> list[str]:
        """The relative paths of the files, sorted; links and what lies outside the root are left out."""
        return sorted(self._walk()) if self._allowed(self.folder) and self.folder.is_dir() else []

    def local(self, path: str) -> Path:
        """The file's path; raises Unmet when it is missing, outside the root, unreadable, or larger than 20 MB."""
        file = self.folder / path
        try:
            if not self._allowed(file) or not file.is_file():
                raise Unmet(f"the artifact {path}", "no such file in the run's artifacts", "log it again in this run")
            size = file.stat().st_size
            with file.open("rb"):
                pass
        except OSError as error:
            raise Unmet(f"the artifact {path}", error.strerror or error, "log it again in this run") from None
        if size > LARGEST_READ:
            raise Unmet(f"{path} of at most 20 MB", f"{size / 1e6:,.0f} MB", "log a smaller file")
        return file

    def all_local(self) -> Path:
        """The folder itself; raises Unmet when it lies outside the root."""
        if not self._allowed(self.folder):
            raise Unmet("artifacts inside the store", str(self.folder), "leave the artifact location as MLflow sets it")
        return self.folder

    def are_at(self, location: str) -> bool:
        """Whether the location, a path or a file: URI, is this folder."""
        return local_path(location) == self.folder

    def _allowed(self, path: Path) -> bool:
        try:
            return self.root is None or path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL in a name
            return False

    def _walk(self) -> Iterator[str]:
        for file in islice(self.folder.rglob("*"), MOST_FILES):
            if not file.is_symlink() and file.is_file():
                yield file.relative_to(self.folder).as_posix()


@dataclass(frozen=True)
class Inside:
    """The files of one folder among others' artifacts."""

    whole: Artifacts
    place: str  # its path there; empty: the whole

    def paths(self) -> list[str]:
        """The relative paths, sorted, with `/`."""
        start = f"{self.place}/" if self.place else ""
        return [path.removeprefix(start) for path in self.whole.paths() if path.startswith(start)]

    def local(self, path: str) -> Path:
        """The file on this machine; raises Unmet as the whole does."""
        return self.whole.local(f"{self.place}/{path}" if self.place else path)

    def all_local(self) -> Path:
        """The folder on this machine; raises Unmet as the whole does."""
        return self.whole.all_local() / self.place

    def are_at(self, location: str) -> bool:
        """Whether these are the files at that location."""
        return local_path(location) == self.all_local()


def models_among_files(run: Run) -> tuple[LoggedModel, ...]:
    """Models that were saved to a folder, and logged as its files: `save_model`, then `log_artifacts`."""
    found = (path.rpartition("/")[0] for path in run.artifacts.paths() if path.rpartition("/")[2] == "MLmodel")
    return tuple(
        LoggedModel(f"{run.id}/{place}", place or run.name, run.id, ready=True, folder=Inside(run.artifacts, place))
        for place in found
    )


class Store(Protocol):
    """What every view of a store can say."""

    uri: str

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, deleted ones too, oldest first."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, deleted ones too, oldest first."""

    @property
    def versions(self) -> tuple[ModelVersion, ...]:
        """All registered model versions, by name and number."""

    def history(self, run_id: str, key: str) -> tuple[Point, ...]:
        """Every value of a metric in the order it was logged."""

    def location(self, version: ModelVersion) -> str:
        """Where the files lie that `models:/name/version` loads, whatever its source is called."""


def find_run(store: Store, run_id: str) -> Run:
    """The run whose id is, or begins with, `run_id`; raises StoreError when none or several do."""
    matches = [run for run in store.runs if run.id.startswith(run_id)] if run_id else []
    if len(matches) != 1:
        found = "several" if matches else "none"
        raise StoreError(f"expected one run with id {run_id!r} in {store.uri}; found {found}")
    return matches[0]


def find_version(store: Store, target: str) -> ModelVersion:
    """The registered version that `name/number` names; raises StoreError naming those there are."""
    for version in store.versions:
        if f"{version.name}/{version.version}" == target:
            return version
    known = [f"{version.name}/{version.version}" for version in store.versions]
    own = [each for each in known if each.startswith(f"{target.rpartition('/')[0]}/")]
    found = shorten(own or known or "no versions")
    raise StoreError(f"expected a registered version such as name/1; found {target!r}, and the store has {found}")


def local_path(uri: str) -> Path:
    """The path that an artifact location names, by MLflow's own rule (`local_file_uri_to_path`, without importing it).

    MLflow takes a plain path, too, for a part of a URI: what it writes to `a%20b` lies in `a b`.
    """
    path = uri
    if uri.startswith("file:"):
        try:
            parsed = urlparse(uri)
        except ValueError:  # file://[bad
            return Path(uri)
        path = parsed.path
        if os.name == "nt" and parsed.netloc:
            path = rf"\\{parsed.netloc}{path}"
    return Path(url2pathname(path))
