"""What tests share: quiet settings, a migrated empty store to copy, and one execution of the solved lesson."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from grading import quiet
from grading.code_version import CodeVersion
from grading.data_files import DATA, DataFiles
from grading.evidence import Evidence
from grading.execution import Execution
from grading.lesson import Lesson
from grading.lessons import find_lesson
from grading.notebook import Notebook
from grading.reproduction import reproduce
from grading.store import open_store

quiet.apply()


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
    from grading.curriculum import run_lesson

    folder = tmp_path_factory.mktemp("solved").resolve() / "run"
    return LessonRun(lesson, *run_lesson(lesson, folder, solution=True))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store without a single experiment, to be copied."""
    from mlflow.store.db.utils import _initialize_tables
    from sqlalchemy import create_engine

    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    engine = create_engine(f"sqlite:///{path}")
    _initialize_tables(engine)  # type: ignore[no-untyped-call]
    engine.dispose()
    return path


@pytest.fixture
def tracking(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh store that MLflow in this process logs to; its artifacts lie in the test's folder."""
    import mlflow

    shutil.copyfile(empty_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(f"experiment-{uuid.uuid4().hex[:8]}")
    yield uri
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri("")
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)


@pytest.fixture
def evidence(tracking: str, tmp_path: Path, lesson: Lesson) -> Callable[[], Evidence]:
    """The evidence in the test's store, read anew on each call."""

    def read() -> Evidence:
        return Evidence(
            store=open_store(tracking, root=tmp_path),
            part="practice",
            lesson=lesson,
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
