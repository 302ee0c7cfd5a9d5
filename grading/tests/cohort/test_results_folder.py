"""OUT of a class run: results are whole or not there, and one run writes at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.cohort.job import Product, job_of
from grading.cohort.results_folder import ResultsFolder
from grading.cohort.submissions import Submission
from grading.errors import InputError
from grading.tests.conftest import files_of_at_most
from grading.tests.stub_worker import stand_in


def product(content: bytes = b"{}", page: str = "<p>") -> Product:
    done: Product = stand_in(job_of(Submission("Ada", "M9_01", "M9_01_a.ipynb", content, {}, "a"), 60, "off"))
    graded = done.graded.model_copy(update={"graded_at": "2026-11-21T18:00:00+00:00"})  # two of these are equal
    return done.model_copy(update={"page": page, "graded": graded})


def test_a_result_lies_beside_its_page_and_notebook(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path)
    folder.write(product())
    assert folder.read(product().graded.slug, "M9_01") == product().graded
    assert sorted(file.name for file in (tmp_path / "results" / product().graded.slug).iterdir()) == [
        "M9_01.html", "M9_01.ipynb", "M9_01.json",
    ]  # fmt: skip


def test_an_ungraded_result_leaves_no_page_of_an_earlier_one(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path)
    folder.write(product())
    folder.write(Product(graded=product().graded.model_copy(update={"scorecard": None})))
    assert [file.name for file in (tmp_path / "results" / product().graded.slug).iterdir()] == ["M9_01.json"]


def test_a_disk_that_is_full_costs_no_earlier_result(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path)
    folder.write(product())
    with files_of_at_most(5000), pytest.raises(InputError, match="room to write; found: File too large"):
        folder.write(product(b'{"a": 1}', page="x" * 9000))
    assert folder.read(product().graded.slug, "M9_01") == product().graded
    assert len(list((tmp_path / "results" / product().graded.slug).iterdir())) == 3


@pytest.mark.parametrize("slug", ["..", "../x", "/etc", "", "a/b"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, slug: str) -> None:
    with pytest.raises(InputError, match="expected the plain names"):
        ResultsFolder(tmp_path).file(slug, "M9_01")


def test_a_second_run_is_told_who_writes_here(tmp_path: Path) -> None:
    with (
        ResultsFolder(tmp_path).locked(),
        pytest.raises(InputError, match=rf"another class run is writing to .* \(process {os.getpid()}, since .*\)"),
        ResultsFolder(tmp_path).locked(),
    ):
        pass
    with ResultsFolder(tmp_path).locked():
        pass


def test_a_run_that_was_killed_leaves_no_lock_and_no_half_file(tmp_path: Path) -> None:
    source = f"""import os, pathlib
from grading.cohort.results_folder import ResultsFolder
from grading.reports import json
folder = ResultsFolder(pathlib.Path({str(tmp_path)!r}))
os.replace = pathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9)
with folder.locked():
    json.write_whole(folder.file('{product().graded.slug}', 'M9_01'), 'x')"""
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == -9
    own = tmp_path / "results" / product().graded.slug
    assert len(list(own.iterdir())) == 1
    with ResultsFolder(tmp_path).locked():
        assert list(own.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match=r"expected .*file/out to be a folder"),
        ResultsFolder(tmp_path / "file" / "out").locked(),
    ):
        pass
