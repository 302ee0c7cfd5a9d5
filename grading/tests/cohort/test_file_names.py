"""What a file's name says of lesson and student, however students rename it."""

from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.tests.cohort.class_files import ONE, TWO, lay


@pytest.mark.parametrize(
    "name",
    [
        ONE, "M9_01_mlflow_setup (1).ipynb", "M9_01_mlflow_setup-Copy1.ipynb", "M9_01_mlflow_setup_solved.ipynb",
        "m9_01_MLFLOW_setup.IPYNB", "M9-01 mlflow setup.ipynb", "M9_01.ipynb", "M9_01_wine.ipynb", "mlflow_setup.ipynb",
        "my MLflow setup.ipynb",
    ],
)  # fmt: skip
def test_students_rename_notebooks(tmp_path: Path, name: str) -> None:
    lay(tmp_path, {f"anna/{name}": b"{}"})
    (one,) = find_submissions(tmp_path).submissions
    assert (one.lesson, one.file_name, one.origin) == ("M9_01", ONE, f"anna/{name}")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("anna.k_M9_01_mlflow_setup.ipynb", "anna.k"),
        ("M9_01_mlflow_setup_anna.k.ipynb", "anna.k"),
        ("M9_01_mlflow_setup-anna.ipynb", "anna"),
        ("M9_01_mlflow_setup_anna (1).ipynb", "anna"),
        ("anna-M9_01.ipynb", "anna"),
        ("Anna Kovács - M9_01_mlflow_setup - solved.ipynb", "Anna Kovács"),
        ("M9_01_mlflow_setup_1043.ipynb", "1043"),
        ("王_m9-01-mlflow-setup.ipynb", "王"),
    ],
)
def test_a_flat_name_says_student_and_lesson(tmp_path: Path, name: str, student: str) -> None:
    lay(tmp_path, {name: b"{}", f"kim_{TWO}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.layout == "flat"
    assert sorted([(student, "M9_01"), ("kim", "M9_02")]) == [(one.student, one.lesson) for one in found.submissions]


def test_a_flat_name_without_a_student_is_nobodys(tmp_path: Path) -> None:
    lay(tmp_path, {f"kim_{ONE}": b"{}", ONE: b"{}", "M9_02_hyperparameter_tuning_solved.ipynb": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("kim",)
    assert all("tell no student" in problem for problem in found.problems)
    assert len(found.problems) == 2
