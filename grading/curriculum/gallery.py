"""The gallery: submissions with the checks they must lose, and how often the grader is right about them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grading.assessment.assessment import Assessment, grade_execution, temporary_folder
from grading.errors import GradingError, NotebookError
from grading.evidence.data_files import DATA
from grading.files import PACKAGE
from grading.lessons import Edition, current_edition, first_edition
from grading.marking.lesson import Lesson
from grading.marking.verdict import Scorecard
from grading.running.execution import run_notebook
from grading.running.execution_report import State
from grading.running.notebook import Notebook, overlay, read_notebook

GALLERY = PACKAGE / "tests" / "gallery"
MOST_TELLING = 3  # checks lost by a mutant that says something of each of them
LEARN = re.compile("-learn|^further")  # ids of the worked part: task2-learn-curve, document-learn, further-remote


@dataclass(frozen=True)
class Case:
    """One submission of the gallery and what it must lose: the solution, or another case, with edits or with other
    cells; or a notebook.
    """

    lesson: Lesson
    folder: Path

    @property
    def name(self) -> str:
        """The verdict in words: the folder's name."""
        return self.folder.name

    @cached_property
    def expected(self) -> dict[str, Any]:
        """`why`, `lost` (check ids), and where it matters `base`, `edits`, `state`, `note`, `learn` and `current`.

        `base`: the case whose cells are edited, or replaced, in place of the solution's. `current`: it is made from
        the lesson as it is today; the others are made from its first edition, as year-old hand-ins are.
        """
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return found

    @property
    def is_mutant(self) -> bool:
        """Whether it must lose something; the others are right answers in another style."""
        return bool(self.expected["lost"])

    @property
    def was_handed_in(self) -> bool:
        """Whether somebody who did not know the checks wrote it: such cases are long."""
        return self.name.startswith("handed_in")

    @property
    def own_notebook(self) -> Path | None:
        """The notebook that it is, when it is not the lesson with other cells."""
        return next(self.folder.glob("*.ipynb"), None)

    @property
    def needs_learn_cells(self) -> bool:
        """Whether its fault is one that only a notebook with its Learn cells can have: it takes what they left."""
        return bool(self.expected.get("learn"))

    @property
    def edition(self) -> Edition:
        """The lesson that the case is made from."""
        return (current_edition if self.expected.get("current") else first_edition)(self.lesson)

    @property
    def base(self) -> "Case | None":
        """The case whose cells this one has in place of the solution's."""
        name = self.expected.get("base")
        return Case(self.lesson, self.folder.with_name(name)) if name else None

    def base_sources(self) -> dict[str, str]:
        """The exercise cells, by id, of the base or, without one, of the solution."""
        return self.base.sources() if self.base else self.edition.solution

    def sources(self) -> dict[str, str]:
        """The exercise cells of the lesson by id, as the case has them; raises NotebookError for a stale edit."""
        return self.applied_to(self.base_sources())

    def applied_to(self, solution: Mapping[str, str]) -> dict[str, str]:
        """These exercise cells with the case's own, and its edits, in them; raises NotebookError for a stale edit."""
        own = {f"{file.stem}-work": file.read_text("utf-8") for file in sorted(self.folder.glob("*.py"))}
        sources = {**solution, **own}
        for task, edits in self.expected.get("edits", {}).items():
            for before, after in edits:
                if before not in sources[f"{task}-work"]:
                    raise NotebookError(f"{self.name}: expected {before!r} in the solution of {task}")
                sources[f"{task}-work"] = sources[f"{task}-work"].replace(before, after)
        return sources

    def base_notebook(self) -> Notebook:
        """The practice part of the lesson with the cells that the case edits."""
        return practice_of(self.edition, self.base_sources(), with_learn_cells=self.needs_learn_cells)

    def notebook(self) -> Notebook:
        """The case's own notebook, or the practice part of the lesson with the case's cells in place."""
        if self.own_notebook:
            return read_notebook(self.own_notebook)
        return practice_of(self.edition, self.sources(), with_learn_cells=self.needs_learn_cells)


def practice_of(edition: Edition, sources: dict[str, str], *, with_learn_cells: bool = False) -> Notebook:
    """The lesson with these cells in place, without check cells and, unless wanted, without worked ones.

    Those change nothing in the practice part (`verify` runs the lesson whole) and cost half the time.
    """
    shipped = read_notebook(edition.notebook)
    node = overlay(shipped.node, sources)
    node.cells = [
        cell
        for cell in node.cells
        if not is_spectator(cell) or (with_learn_cells and LEARN.search(str(cell.get("id"))))
    ]
    return Notebook(shipped.path, node, shipped.sha256)


def cases(lesson: Lesson) -> list[Case]:
    """The lesson's gallery, in the order of names."""
    return [Case(lesson, file.parent) for file in sorted((GALLERY / lesson.id.lower()).glob("*/expected.json"))]


def few_for_all_checks(cases: Iterable[Case]) -> list[Case]:
    """A few mutants that trip, among them, every check that the given cases trip.

    Those that lose three checks at most come first, for they say of a check that it fails by itself; of these, always
    the one that trips most of what no other has tripped.
    """
    mutants = [case for case in cases if case.is_mutant and not (case.own_notebook or case.was_handed_in)]
    tripped: set[str] = set()
    chosen: list[Case] = []
    for telling in (True, False):
        left = [case for case in mutants if (len(case.expected["lost"]) <= MOST_TELLING) is telling]
        while new := max((set(case.expected["lost"]) - tripped for case in left), key=len, default=set()):
            best = next(case for case in left if new <= set(case.expected["lost"]))
            tripped |= new
            chosen.append(best)
            left.remove(best)
    return chosen


def assess_case(case: Case) -> Assessment:
    """Run and grade one case of the gallery."""
    notebook = case.notebook()
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA)
        return grade_execution(case.lesson, notebook, execution, "practice")


@dataclass(frozen=True)
class Judgement:
    """What the grader made of a case: the checks it lost, and all that is not as it must be."""

    case: Case
    lost: frozenset[str]
    problems: tuple[str, ...]
    card: Scorecard | None = None  # when it could be graded


def judge(case: Case) -> Judgement:
    """Whether the case, run alone, loses exactly the checks it must, and its execution ends as it must."""
    try:
        return judgement_of(case, assess_case(case).scorecard)
    except GradingError as error:
        return Judgement(case, frozenset(), (str(error),))


def judgement_of(case: Case, card: Scorecard) -> Judgement:
    """What this scorecard of a case says of the grader."""
    return Judgement(case, frozenset(card.lost()), tuple(_differences(case, card)), card)


@dataclass(frozen=True)
class Tally:
    """How often the grader was right: of what it took, and of what had to be taken; one count a check of a case."""

    mutants: int = 0
    right_answers: int = 0
    taken_rightly: int = 0
    taken_wrongly: int = 0
    not_taken: int = 0

    @property
    def precision(self) -> float:
        """The share of the checks taken that had to be taken."""
        return self.taken_rightly / max(self.taken_rightly + self.taken_wrongly, 1)

    @property
    def recall(self) -> float:
        """The share of the checks that had to be taken that were."""
        return self.taken_rightly / max(self.taken_rightly + self.not_taken, 1)


def tally(judgements: Iterable[Judgement]) -> Tally:
    """The counts over these judgements."""
    found = list(judgements)
    expected = [set(judgement.case.expected["lost"]) for judgement in found]
    pairs = list(zip(found, expected, strict=True))
    return Tally(
        mutants=sum(judgement.case.is_mutant for judgement in found),
        right_answers=sum(not judgement.case.is_mutant for judgement in found),
        taken_rightly=sum(len(judgement.lost & must) for judgement, must in pairs),
        taken_wrongly=sum(len(judgement.lost - must) for judgement, must in pairs),
        not_taken=sum(len(must - judgement.lost) for judgement, must in pairs),
    )


def is_spectator(cell: Any) -> bool:
    """Whether a cell of a lesson is a worked one, or only looks: without it the practice part is the same."""
    return bool(LEARN.search(cell["id"])) or "check" in cell.metadata.get("tags", []) or cell["id"] == "checklist"


def _differences(case: Case, card: Scorecard) -> Iterator[str]:
    lost, expected = card.lost(), set(case.expected["lost"])
    results = {result.id: result for result in card.results}
    for id in sorted(lost - expected):
        yield f"lost {id}: expected {results[id].expected}; found {results[id].found}"
    for id in sorted(expected - lost):
        yield f"did not lose {id}" + (f": {results[id].found}" if id in results else ", which is no check")
    if (note := case.expected.get("note", "")) not in " ".join((*card.notes, *card.execution.notes)):
        yield f"no note {note!r} on the scorecard"
    state = case.expected.get("state", State.FINISHED)
    if card.execution.state != state:
        yield f"ended {card.execution.state}, expected {state}: {card.execution.failures}"
