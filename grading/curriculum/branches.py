"""Cases of the gallery as branches of one run: each runs from the first statement that it changes.

The run is that of the solution or, when a right answer has wrong neighbours, of that answer.
"""

import ast
import json
import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat

from grading.assessment.assessment import grade_execution, temporary_folder
from grading.curriculum.gallery import Case, Judgement, judge, judgement_of
from grading.errors import GradingError, shorten
from grading.evidence.data_files import DATA
from grading.running.execution import TIMEOUT, Execution, run_notebook
from grading.running.execution_report import CellFailure, State
from grading.running.kernels.warm_process import WarmthError, shared
from grading.running.notebook import Notebook

KERNEL = "__import__('grading.curriculum.branching', fromlist=['*'])"  # no name of the notebook's
NOT_JUDGED = "the run that it branches from did not get there"
Cells = list[tuple[str, str]]  # id and source


@dataclass(frozen=True)
class Branch:
    """A case, where it leaves what is run (cell, statement), and the cells that it goes on with."""

    case: Case
    notebook: Notebook
    point: tuple[int, int]
    rest: Cells


def branch_of(case: Case, base: Notebook) -> Branch | None:
    """Where a case leaves the notebook that is run; None when it is quite another, which must be run alone."""
    notebook = case.notebook()
    own, shared = _cells(notebook), _cells(base)
    if [id for id, _ in own] != [id for id, _ in shared]:
        return None
    changed = [index for index, (a, b) in enumerate(zip(own, shared, strict=True)) if a != b]
    if not changed:
        return Branch(case, notebook, (len(own), 0), [])
    id, source = own[changed[0]]
    mine, theirs = statements(source), statements(shared[changed[0]][1])
    same = 0
    while same < min(len(mine), len(theirs)) and mine[same] == theirs[same]:
        same += 1
    return Branch(case, notebook, (changed[0], same), [(id, "".join(mine[same:])), *own[changed[0] + 1 :]])


def statements(source: str) -> list[str]:
    """The top-level statements of a cell, each with the comments before it; the whole when it is not plain Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return [source]
    lines = source.splitlines(keepends=True)
    ends = [0]
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        if (statement.end_lineno or 0) < following.lineno:
            ends.append(statement.end_lineno or 0)
    return ["".join(lines[a:b]) for a, b in zip(ends, [*ends[1:], len(lines)], strict=True)]


def families(cases: Iterable[Case]) -> list[list[Case]]:
    """The cases that share a run: those of one base, with it; of the others, those changed first in the same cell.

    Other notebooks are alone.
    """
    found: dict[tuple[str, str, bool, bool], list[Case]] = {}
    for case in cases:
        shares = (case.lesson.id, _run_of(case), case.needs_learn_cells, bool(case.expected.get("current")))
        found.setdefault(shares, []).append(case)
    return list(found.values())


def _run_of(case: Case) -> str:
    """The base's name, or the id of the cell that is changed first; or the case's own name, when it shares none."""
    if case.base or case.own_notebook or case.needs_learn_cells:
        return case.base.name if case.base else case.name
    try:
        sources = case.sources()
    except GradingError:  # a mistake of the author's: `judge` says which
        return case.name
    solution = case.edition.solution
    order = ("task1-work", "task2-work", "task3-work", "task4-work", "document-work")
    return next((id for id in order if sources[id] != solution[id]), case.name)


def judge_family(cases: list[Case]) -> list[Judgement]:
    """The judgements of cases that share a run, in their order: a branch of it for each."""
    try:
        shared()
        base = next((case for case in cases if case.base), cases[0]).base_notebook()
        branches = [branch_of(case, base) for case in cases]
    except (WarmthError, GradingError):
        return [judge(case) for case in cases]
    found: dict[str, Judgement] = {}
    together = sorted((branch for branch in branches if branch), key=lambda branch: branch.point)
    if len(together) > 1:
        with temporary_folder() as folder:
            run = _Run(base, together, folder)
            problems = run.problems()
        for case in (branch.case for branch in together):
            judgement = run.judgements.get(case.name, Judgement(case, frozenset(), (NOT_JUDGED,)))
            found[case.name] = replace(judgement, problems=judgement.problems + problems)
    return [found[case.name] if branch and found else judge(case) for case, branch in zip(cases, branches, strict=True)]


def judge_all(cases: Iterable[Case], workers: int = 0) -> Iterator[Judgement]:
    """The judgements, family by family, made by as many processes as there are processors, or `workers`."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=spawn) as pool:
        for judgements in pool.map(judge_family, families(cases)):
            yield from judgements


class _Run:
    """One run of a notebook: after each cell that was a branch it is graded, and its traces are removed."""

    def __init__(self, base: Notebook, branches: list[Branch], folder: Path) -> None:
        self.folder, self.judgements = folder, dict[str, Judgement]()
        self.branches = {f"branch-{number}": branch for number, branch in enumerate(branches)}
        node = nbformat.from_dict(base.node)
        node.cells = list(_interleaved(base, self.branches))
        self.before_branches = {a.id for a, b in zip(node.cells, node.cells[1:], strict=False) if b.id in self.branches}
        timeout = TIMEOUT * (1 + len(branches))
        self.execution = run_notebook(base, folder, data=DATA, node=node, timeout=timeout, after_cell=self._after)

    def problems(self) -> tuple[str, ...]:
        """What went wrong with the notebook itself, and speaks against every judgement."""
        failures = self.execution.report.failures
        return tuple(f"what the cases share, in {failure.cell}: {failure.error}" for failure in failures)

    def _after(self, cell: Any, execution: Execution) -> None:
        if branch := self.branches.get(cell.id):
            self.judgements[branch.case.name] = _judged(branch, cell, execution)
            self._return()
        if cell.id in self.before_branches and not branch:
            self._keep()

    def _keep(self) -> None:
        """Copy the kernel's folders, to return to; `cp` keeps who owns what."""
        kept = self.folder / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        subprocess.run(["cp", "-a", self.folder / "work", self.folder / "private", kept], check=True)

    def _return(self) -> None:
        """Fill the folders, which are the kernel's and confine it, with what was in them."""
        for name in ("work", "private"):
            for path in (self.folder / name).iterdir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            subprocess.run(["cp", "-a", f"{self.folder}/kept/{name}/.", self.folder / name], check=True)


def _judged(branch: Branch, cell: Any, execution: Execution) -> Judgement:
    said = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    raised = json.loads(said) if said else {"?": "the kernel died"}
    failures = tuple(CellFailure(cell=id, error=shorten(error)) for id, error in raised.items())
    state = (State.RAISED if raised else State.FINISHED) if said else State.KERNEL_DIED
    report = execution.report.model_copy(update={"state": state, "failures": failures})
    try:
        card = grade_execution(
            branch.case.lesson, branch.notebook, replace(execution, report=report), "practice"
        ).scorecard
    except GradingError as error:
        return Judgement(branch.case, frozenset(), (str(error),))
    return judgement_of(branch.case, card)


def _interleaved(base: Notebook, branches: dict[str, Branch]) -> Iterator[Any]:
    """The notebook's cells, cut where branches leave it, and the branches between; nothing after the last."""
    new: Any = nbformat.v4.new_code_cell
    waiting = [(point, list(those)) for point, those in groupby(branches, lambda id: branches[id].point)]
    for index, (id, source) in enumerate([*_cells(base), ("end", "")]):
        if id == "parameters":  # the grader's values come after it
            yield new(source, id=id, metadata={"tags": ["parameters"]})
            continue
        pieces, done = statements(source), 0
        while waiting and waiting[0][0][0] == index:
            point, those = waiting.pop(0)
            if point[1] > done:
                yield new(f"{KERNEL}.part({''.join(pieces[done : point[1]])!r}, ends=False);", id=f"{id}-to-{point[1]}")
                done = point[1]
            for branch in those:
                yield new(f"{KERNEL}.branch({branches[branch].rest!r})", id=branch)
        if not waiting:
            return
        yield new(f"{KERNEL}.part({''.join(pieces[done:])!r});", id=id)


def _cells(notebook: Notebook) -> Cells:
    return [(cell.id, cell.source) for cell in notebook.node.cells if cell.cell_type == "code"]
