"""Faults of the course's own cells are mended before a hand-in runs; anything a student changed is left alone."""

import hashlib
from pathlib import Path

import nbformat
import pytest

from grading.curriculum.proofs import lesson_notebooks
from grading.lessons.errata import ERRATA, Erratum, corrected
from grading.running.notebook import Notebook, read_notebook

FORMER = Path(__file__).parent / "former"  # cells as students received them, by id


def handed_in(erratum: Erratum, more: str = "") -> Notebook:
    """A notebook with the faulty cell in it, as it was given out or with something added."""
    source = (FORMER / f"{erratum.cell}.txt").read_text("utf-8") + more
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id=erratum.cell)])
    return Notebook(Path("M9_04_handed_in.ipynb"), node, "0" * 64)


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: erratum.cell)
def test_a_cell_with_a_fault_of_ours_is_run_without_it(erratum: Erratum) -> None:
    given = handed_in(erratum)
    before = given.cells[erratum.cell].source
    assert hashlib.sha256(before.encode()).hexdigest() == erratum.sha256
    found = corrected(given)
    assert found.cells[erratum.cell].source == before.replace(erratum.before, erratum.after) != before
    assert given.cells[erratum.cell].source == before
    assert erratum.why in found.notes[-1]
    assert found.sha256 == given.sha256


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: erratum.cell)
def test_a_cell_that_the_student_changed_runs_as_it_is(erratum: Erratum) -> None:
    given = handed_in(erratum, "\n# mine")
    assert corrected(given) is given


@pytest.mark.parametrize("path", lesson_notebooks(), ids=lambda path: path.stem)
def test_no_lesson_still_has_a_fault_that_is_known(path: Path) -> None:
    notebook = read_notebook(path)
    assert corrected(notebook) is notebook
