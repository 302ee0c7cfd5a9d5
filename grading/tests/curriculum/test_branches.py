"""Branches of one run: where a case leaves the solution; that the scorecards are right, test_curriculum holds."""

import pytest

from grading.curriculum.branches import branch_of, families, statements
from grading.curriculum.gallery import cases
from grading.lessons import LESSONS, find_lesson

CELL = '''# why
import math

@property
def two():
    """A line.

    another"""
    return 2
a = 1; b = 2
if a:
    b = 3
else:
    b = 4
# the end'''


def test_a_cell_is_cut_between_its_statements() -> None:
    first, function, both, choice = statements(CELL)
    assert first == "# why\nimport math\n"
    assert function.startswith("\n@property\ndef two():")
    assert both == "a = 1; b = 2\n"
    assert choice.endswith("# the end")
    assert first + function + both + choice == CELL


@pytest.mark.parametrize("source", ["", "# nothing", "%matplotlib inline\na = 1", "a = (", "a = 1"])
def test_a_cell_that_cannot_be_cut_is_one_piece(source: str) -> None:
    assert statements(source) == [source]


def test_a_branch_goes_on_from_the_statement_that_differs() -> None:
    case = next(case for case in cases(find_lesson("M9_01")) if case.name == "no_conclusion")
    branch = branch_of(case, case.base_notebook())
    assert branch is not None
    ids = [cell.id for cell in branch.notebook.node.cells if cell.cell_type == "code"]
    cell, statement = branch.point
    assert ids[cell] == "document-work"
    assert statement > 0
    ((id, rest),) = branch.rest
    assert id == "document-work"
    assert case.sources()[id].endswith(rest)


def test_a_case_with_a_base_leaves_the_run_of_its_base_where_it_differs() -> None:
    case = next(case for case in cases(find_lesson("M9_01")) if case.name == "handed_in_forgot_refit")
    assert case.base is not None
    branch = branch_of(case, case.base_notebook())
    assert branch is not None
    id, rest = branch.rest[0]
    assert id == "task2-work"
    assert rest.startswith("regressor.set_params(ridge__alpha=100)")
    assert case.base.sources()["task1-work"] == case.sources()["task1-work"]


def test_a_base_and_its_cases_are_one_family() -> None:
    every = cases(find_lesson("M9_01"))
    base = next(case for case in every if case.name == "handed_in_success_of_n_or_less")
    family = next(family for family in families(every) if base in family)
    assert len(family) > 1
    assert all(base in (case, case.base) for case in family)


def test_a_notebook_of_its_own_is_no_branch() -> None:
    case = next(case for case in cases(find_lesson("M9_01")) if case.own_notebook)
    assert branch_of(case, case.base_notebook()) is None
    assert families([case]) == [[case]]


def test_every_case_is_in_one_family() -> None:
    every = [case for lesson in LESSONS for case in cases(lesson)]
    together = [case for family in families(every) for case in family]
    assert sorted(case.name for case in together) == sorted(case.name for case in every)
