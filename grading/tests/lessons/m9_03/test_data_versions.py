"""A data file is found by its content: DVC keeps the versions that were overwritten."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from grading.errors import Unmet
from grading.evidence.data_files import DATA, DVC_CACHE, DataFiles

OLD, NEW = b"row,y\n1,2\n3,4\n", b"row,y\n1,2\n3,4\n5,6\n"
SHA = {raw: hashlib.sha256(raw).hexdigest() for raw in (OLD, NEW)}


def _repository(folder: Path, *contents: bytes) -> Path:
    """A repository whose DVC cache keeps the contents; the file in the folder has the last one."""
    for raw in contents:
        md5 = hashlib.md5(raw).hexdigest()
        kept = folder / "repository" / DVC_CACHE / md5[:2] / md5[2:]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(raw)
    file = folder / "repository" / "table.csv"
    file.write_bytes(contents[-1])
    return file


def test_the_overwritten_version_is_found_by_its_hash(tmp_path: Path) -> None:
    _repository(tmp_path, OLD, NEW)
    data = DataFiles((tmp_path,))
    assert data.find("repository/table.csv", SHA[OLD]).read_bytes() == OLD
    assert data.find("repository/table.csv", SHA[NEW]).read_bytes() == NEW


def test_it_is_found_when_the_file_itself_is_gone(tmp_path: Path) -> None:
    file = _repository(tmp_path, OLD, NEW)
    file.unlink()
    assert DataFiles((tmp_path,)).find(str(file), SHA[OLD]).read_bytes() == OLD


def test_without_a_hash_the_location_decides(tmp_path: Path) -> None:
    file = _repository(tmp_path, OLD, NEW)
    assert DataFiles((tmp_path,)).find("repository/table.csv") == file


def test_a_hash_that_nothing_has_leaves_the_location(tmp_path: Path) -> None:
    file = _repository(tmp_path, OLD, NEW)
    assert DataFiles((tmp_path,)).find("repository/table.csv", "0" * 64) == file


def test_a_version_that_is_the_courses_goes_by_the_courses_name(tmp_path: Path) -> None:
    course = DATA / "diabetes_v1.csv"
    _repository(tmp_path, course.read_bytes(), NEW)
    data = DataFiles((DATA, tmp_path))
    assert data.find("repository/table.csv", data.sha256(course)) == course


def test_a_file_with_the_name_of_the_courses_stays_the_courses(tmp_path: Path) -> None:
    _repository(tmp_path, OLD, NEW)
    assert DataFiles((DATA, tmp_path)).find("repository/diabetes_v1.csv", SHA[OLD]) == DATA / "diabetes_v1.csv"


def test_a_cache_outside_the_submission_is_not_looked_into(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    _repository(outside, OLD, NEW)
    inside.mkdir()
    data = DataFiles((inside,))
    with pytest.raises(Unmet):
        data.find(str(outside / "repository" / "table.csv"), SHA[OLD])
    _repository(inside, NEW)
    shutil.rmtree(inside / "repository" / ".dvc")
    (inside / "repository" / ".dvc").symlink_to(outside / "repository" / ".dvc")
    assert data.find("repository/table.csv", SHA[OLD]).read_bytes() == NEW


@pytest.mark.parametrize("location", ["", "\0", "a" * 5000, "/", "..", "repository", "http://[bad"])
def test_an_odd_location_is_unmet(tmp_path: Path, location: str) -> None:
    _repository(tmp_path, OLD, NEW)
    with pytest.raises(Unmet):
        DataFiles((tmp_path,)).find(location, SHA[OLD])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ((DATA / "diabetes_v1.csv").read_bytes(), []),
        (pd.read_csv(DATA / "diabetes_v1.csv").to_csv(index=False).encode(), []),
        ((DATA / "diabetes_v1.csv").read_bytes().replace(b"\n", b"\r\n"), []),
        (b"row,a\n1,2\n", ["diabetes.csv"]),
        (b"", ["diabetes.csv"]),
    ],
    ids=["copied", "written anew", "Windows", "another", "empty"],
)
def test_a_copy_of_the_courses_data_is_no_data_of_its_own(tmp_path: Path, content: bytes, named: list[str]) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "diabetes.csv").write_bytes(content)
    data = DataFiles((DATA, tmp_path))
    data.find("repository/diabetes.csv")
    assert [file.name for file in data.of_its_own(tmp_path)] == named
