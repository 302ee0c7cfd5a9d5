"""The cell for Colab in docs/students.md: from an empty environment and an archive to a lesson's check."""

import os
import re
import subprocess
import venv
from pathlib import Path

import pytest

from grading.files import ROOT
from grading.handout.bundle import student_bundle, write
from grading.tests.docs.doc_pages import blocks_of

pytestmark = pytest.mark.exhaustive

PYTHON = [block.code for block in blocks_of(ROOT / "docs" / "students.md") if block.info == "python"]
CELL = next(code for code in PYTHON if "ARCHIVE" in code)
LESSON = """
import mlflow

import clinic
from grading import instant

mlflow.set_tracking_uri("sqlite:///mlflow.db")
check = instant("M9_01")
mlflow.set_experiment("forecast of the diabetes progression")
print(repr(check("task1")))
print(len(clinic.read_patients("../data/diabetes_v1.csv")), "patients")
"""


def test_the_cell_for_colab_leads_from_an_archive_to_a_check(tmp_path: Path) -> None:
    archive = tmp_path / "module-09.zip"
    write(student_bundle(), archive)
    venv.create(tmp_path / "empty", with_pip=True)
    cell = re.sub(r'ARCHIVE = "[^"]*"', f"ARCHIVE = {archive.as_uri()!r}", CELL)
    assert archive.as_uri() in cell
    keep = ("PATH", "LANG", "LC_ALL", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_CERT")
    environment = {name: value for name, value in os.environ.items() if name in keep} | {"HOME": str(tmp_path)}
    said = ""
    for more in ("", LESSON):  # Colab is restarted in between
        command = [str(tmp_path / "empty" / "bin" / "python"), "-c", cell + more]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        said = done.stdout
    assert "patients" in said
    assert "8 of 16" in said
