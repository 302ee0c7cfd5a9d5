"""What the doctor says of one part, without running the whole examination."""

from pathlib import Path

import mlflow
import pytest

from grading.commands.diagnosis import _store
from grading.errors import GradingError
from grading.tests.conftest import logging_to


def test_a_renamed_folder_is_found_with_what_to_do(
    empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    with logging_to(empty_store, folder), mlflow.start_run():
        mlflow.log_text("a", "a.txt")
    monkeypatch.chdir(folder)
    assert str(folder / "mlflow.db") in _store()
    monkeypatch.chdir(folder.rename(tmp_path / "module 9"))
    with pytest.raises(GradingError, match="was moved or renamed"):
        _store()
