"""A folder that was moved or renamed: its store still names the old place, and MLflow writes there."""

import shutil
from pathlib import Path

import mlflow
import pytest

from grading.evidence.moved_store import moved_from, what_to_do
from grading.evidence.sqlite_store import SqliteStore
from grading.tests.conftest import logging_to


@pytest.fixture
def course(empty_store: Path, tmp_path: Path) -> Path:
    """A folder with a store, in which one run has a file."""
    folder = tmp_path / "my course"
    folder.mkdir()
    with logging_to(empty_store, folder), mlflow.start_run():
        mlflow.log_text("a", "a.txt")
    return folder


def _store(folder: Path) -> SqliteStore:
    return SqliteStore(f"sqlite:///{folder / 'mlflow.db'}")


def test_a_store_where_it_was_made_was_not_moved(course: Path) -> None:
    assert moved_from(_store(course)) is None


def test_a_renamed_folder_is_noticed_with_both_ways_out(course: Path) -> None:
    there = course.rename(course.with_name("module 9"))
    store = _store(there)
    assert moved_from(store) == course
    said = what_to_do(store, course)
    assert f"{there} was moved or renamed" in said
    assert str(course) in said
    assert "rename mlflow.db to old-mlflow.db" in said


def test_a_copy_is_noticed_though_the_old_place_is_still_there(course: Path) -> None:
    copy = course.with_name("copy")
    shutil.copytree(course, copy)
    assert moved_from(_store(copy)) == course


def test_an_empty_experiment_in_a_folder_that_is_gone_is_noticed(course: Path) -> None:
    shutil.rmtree(course / "mlruns")
    there = course.rename(course.with_name("module 9"))
    assert moved_from(_store(there)) == course


def test_a_place_of_ones_own_choice_is_no_move(empty_store: Path, tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere" / "files", tmp_path / "course"
    folder.mkdir()
    with logging_to(empty_store, folder):
        mlflow.create_experiment("mine", artifact_location=elsewhere.as_uri())
        mlflow.create_experiment("far", artifact_location="s3://bucket/mlruns/2")
    assert moved_from(_store(folder)) is None
