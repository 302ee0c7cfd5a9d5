"""Where the files of a run lie: what MLflow makes of an artifact location, we make of it, too."""

from pathlib import Path

import mlflow
import pytest
from mlflow.utils.file_utils import local_file_uri_to_path

from grading.evidence.data_files import DataFiles
from grading.evidence.open_store import open_store
from grading.evidence.store import local_path

ODD = [
    "plain", "a b", "100%", "a%20b", "a%2520b", "a#b", "a?b", "a+b", "a;b", "a&b=c", "ümlaut 日本", "~", "a:b",
    "%C3%BC",
]  # fmt: skip
FORMS = [
    "/home/{}/mlruns/1", "file:///home/{}/mlruns/1", "file:/home/{}/mlruns/1", "file://localhost/home/{}/1", "./{}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ODD)
def test_a_place_is_read_by_mlflows_own_rule(name: str, form: str) -> None:
    uri = form.format(name)
    assert local_path(uri) == Path(local_file_uri_to_path(uri))


@pytest.mark.parametrize("name", ODD)
def test_a_path_that_python_wrote_as_a_uri_is_that_path(name: str, tmp_path: Path) -> None:
    assert local_path((tmp_path / name).as_uri()) == tmp_path / name


@pytest.mark.parametrize("name", ["a b", "100%", "a%20b", "a#b", "a?b", "ümlaut 日本"])
def test_the_files_of_a_run_are_found_whatever_the_folder_is_called(tracking: str, tmp_path: Path, name: str) -> None:
    mlflow.create_experiment("odd", artifact_location=str(tmp_path / name / "mlruns"))
    mlflow.set_experiment("odd")
    with mlflow.start_run():
        mlflow.log_text("hello", "a.txt")
    (run,) = open_store(tracking).runs
    assert run.artifacts.local("a.txt").read_text() == "hello"


def test_the_source_of_a_dataset_is_a_path_and_no_part_of_a_uri(tmp_path: Path) -> None:
    file = tmp_path / "a%20b" / "mine.csv"
    file.parent.mkdir()
    file.write_text("row,a\n1,2\n")
    assert DataFiles((tmp_path,)).find(str(file)) == file.resolve()
    assert DataFiles((tmp_path,)).find(file.as_uri()) == file.resolve()
