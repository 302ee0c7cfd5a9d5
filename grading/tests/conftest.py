"""What tests share: quiet settings, a migrated empty store to copy, and one execution of the solved lesson."""

import os
import shutil
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from grading import quiet
from grading.evidence.code_version import CodeVersion
from grading.evidence.data_files import DATA, DataFiles
from grading.evidence.evidence import Evidence
from grading.evidence.open_store import open_store
from grading.files import ROOT
from grading.lessons import find_lesson
from grading.marking.lesson import Lesson
from grading.running.execution import Execution
from grading.running.notebook import Notebook
from grading.running.reproduction import reproduce
from grading.workshop.pictures.browser import browser as started_browser
from grading.workshop.pictures.browser import chromium
from grading.workshop.pictures.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["grading.tests.sizes"]

SCREENSHOTS = ROOT / "screenshots"  # what the browser's tests saw, for a person to look at; CI keeps them
needs_browser = pytest.mark.skipif(
    chromium() is None and os.environ.get("CI") != "true", reason="needs Chromium: apt install chromium"
)


def pytest_configure(config: pytest.Config) -> None:
    """Pytest has warning filters of its own: it gets the same list as every kernel."""
    for pattern in quiet.HARMLESS:
        config.addinivalue_line("filterwarnings", f"ignore:{pattern}")


@dataclass(frozen=True)
class LessonRun:
    """A lesson that was run, with the folder still there."""

    lesson: Lesson
    notebook: Notebook
    execution: Execution


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return find_lesson("M9_01")


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory, lesson: Lesson) -> LessonRun:
    """The shipped lesson with the reference solutions, run once for all tests of its xdist group."""
    from grading.curriculum.proofs import run_lesson

    folder = tmp_path_factory.mktemp("solved").resolve() / "run"
    return LessonRun(lesson, *run_lesson(lesson, folder, solution=True))


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium; a page of it is `grading.workshop.pictures.browser.page_of`.

    Of a module, not of the session: while Playwright runs, nothing else in the process can run an event loop.
    """
    with started_browser() as started:
        yield started


@contextmanager
def mlflow_server(store: str, folder: Path) -> Iterator[str]:
    """The address of a real tracking server on a store, in a folder of its own."""
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store]
    command += ["--host", "127.0.0.1", "--workers", "1"]
    own = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with serving(command, folder, "/health", seconds=120, stop=signal.SIGKILL, **own) as url:
        yield url


@dataclass(frozen=True)
class Served:
    """One store, as a file and through a real tracking server."""

    sqlite: str
    http: str


@pytest.fixture(scope="session")
def served(solved: LessonRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the solved lesson's store, to be written to, behind a real MLflow server (whose start takes 14 s)."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copyfile(solved.execution.tracking_uri.removeprefix("sqlite:///"), folder / "mlflow.db")
    sqlite = f"sqlite:///{folder / 'mlflow.db'}"
    with mlflow_server(sqlite, folder) as http:
        yield Served(sqlite, http)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store without a single experiment, to be copied; MLflow in this process then opens copies quickly."""
    from mlflow.store.db import utils
    from sqlalchemy import Engine, create_engine, event

    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    engine = create_engine(f"sqlite:///{path}")
    utils._initialize_tables(engine)
    engine.dispose()
    # MLflow reads all of its migrations for every store that it opens, to know which is the last: it stays the same.
    utils._get_latest_schema_revision = cache(utils._get_latest_schema_revision)

    def hurry(connection: Any, _: Any) -> None:
        with suppress(sqlite3.DatabaseError):  # of a store that a test has damaged
            connection.execute("PRAGMA synchronous = OFF")  # no waiting for the disk: the store is thrown away

    event.listen(Engine, "connect", hurry)
    return path


@contextmanager
def logging_to(store: Path, folder: Path) -> Iterator[str]:
    """A copy of a store in a folder, which MLflow in this process logs to meanwhile: its URI."""
    import mlflow

    shutil.copyfile(store, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    with chdir(folder):  # where new artifacts lie
        mlflow.set_tracking_uri(uri)
        mlflow.set_experiment(f"experiment-{uuid.uuid4().hex[:8]}")
        yield uri
        while mlflow.active_run():
            mlflow.end_run()
        mlflow.set_tracking_uri("")
        os.environ.pop("MLFLOW_EXPERIMENT_ID", None)


@pytest.fixture
def tracking(empty_store: Path, tmp_path: Path) -> Iterator[str]:
    """A fresh store that MLflow in this process logs to; its artifacts lie in the test's folder."""
    with logging_to(empty_store, tmp_path) as uri:
        yield uri


@pytest.fixture
def evidence(tracking: str, tmp_path: Path, lesson: Lesson) -> Callable[[], Evidence]:
    """The evidence in the test's store, read anew on each call."""

    def read() -> Evidence:
        return Evidence(
            store=open_store(tracking, root=tmp_path),
            part="practice",
            worked_experiment=lesson.worked_experiment,
            worked_data=lesson.worked_data,
            data=DataFiles((DATA, tmp_path)),
            code=CodeVersion("0" * 40, dirty=False),
            reproducer=reproduce,
        )

    return read


@pytest.fixture
def make_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook with these code cells, under a right name unless another is given."""

    def write(*cells: str, name: str = "M9_01_a_test.ipynb") -> Path:
        node = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            cells=[nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(cells)],
        )
        path = tmp_path / name
        nbformat.write(node, path)
        return path

    return write


def gone(pid: int) -> bool:
    """Whether the process has ended, given ten seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to write larger files, as a full disk does."""
    import resource  # not on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
