"""Hand-ins that people wrote from the lessons' words alone, and how the grader takes each: right ones and wrong ones.

A folder holds one notebook and `case.json`: `kind` (right or wrong), of a wrong one `sort` (honest mistake or cheat),
`why`, and, where somebody has worked it out, `lines`: the checks or tasks that a fair teacher would take points for.
"""

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from grading.assessment.assessment import assess
from grading.errors import GradingError, InputError
from grading.running.notebook import lesson_id

Sort = Literal["right", "honest mistake", "cheat"]
SORTS: tuple[Sort, ...] = ("right", "honest mistake", "cheat")
WHOLE = 100  # percent


@dataclass(frozen=True)
class HandIn:
    """One notebook with what a fair teacher thinks of it."""

    folder: Path

    @cached_property
    def case(self) -> dict[str, Any]:
        """What `case.json` says; raises InputError when it cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "case.json").read_text("utf-8"))
            found["kind"].lower()
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise InputError(
                f"expected a JSON object with a kind in {self.folder / 'case.json'}; found: {error}"
            ) from None
        return found

    @property
    def notebook(self) -> Path:
        """The notebook; raises InputError when there is none."""
        found = next(iter(sorted(self.folder.glob("*.ipynb"))), None)
        if found is None:
            raise InputError(f"expected a notebook beside {self.folder / 'case.json'}; found none")
        return found

    @property
    def name(self) -> str:
        """Lesson and folder: M9_01 right_class_autolog."""
        return f"{lesson_id(self.notebook)} {self.folder.name}"

    @property
    def sort(self) -> Sort:
        """Right, an honest mistake, or a cheat; a wrong one that does not say is an honest mistake."""
        if self.case["kind"] == "right":
            return "right"
        return "cheat" if self.case.get("sort") == "cheat" else "honest mistake"


@dataclass(frozen=True)
class Taken:
    """What became of a hand-in."""

    hand_in: HandIn
    percent: float
    lost: tuple[str, ...]
    problem: str = ""  # why it could not be graded

    @property
    def agrees(self) -> bool:
        """Whether a right one was kept whole, or a wrong one lost something."""
        return not self.problem and (self.percent == WHOLE) == (self.hand_in.sort == "right")

    @property
    def in_the_right_line(self) -> bool | None:
        """Whether a line that a fair teacher names was lost; None when nobody has named one."""
        named = self.hand_in.case.get("lines")
        return any(id == line or id.startswith(f"{line}.") for id in self.lost for line in named) if named else None


def find_hand_ins(folder: Path) -> list[HandIn]:
    """Every hand-in below a folder; raises InputError when there is none."""
    found = [HandIn(file.parent) for file in sorted(folder.rglob("case.json"))]
    if not found:
        raise InputError(f"expected folders with a notebook and a case.json in {folder.absolute()}; found none")
    return found


def take(hand_in: HandIn) -> Taken:
    """Grade one, as a class run does."""
    try:
        card = assess(hand_in.notebook).scorecard
    except GradingError as error:
        return Taken(hand_in, 0.0, (), str(error))
    return Taken(hand_in, card.percent, tuple(sorted(card.lost())), "" if card.graded else "a check could not judge")


def take_all(hand_ins: Iterable[HandIn], workers: int = 0) -> Iterator[Taken]:
    """What became of each, in their order, made by as many processes as there are processors, or `workers`."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=spawn) as pool:
        yield from pool.map(take, hand_ins)


def hand_ins_table(taken: Iterable[Taken]) -> str:
    """How many were taken as they should be, by lesson and sort, as a Markdown table."""
    found = list(taken)
    rows = ["| lesson | right ones kept whole | honest mistakes caught | cheats caught |", "| --- | --- | --- | --- |"]
    lessons = sorted({lesson_id(each.hand_in.notebook) for each in found})
    for lesson in (*lessons, "all"):
        cells = []
        for sort in SORTS:
            of = [
                each
                for each in found
                if each.hand_in.sort == sort and lesson in ("all", lesson_id(each.hand_in.notebook))
            ]
            lines = [each.in_the_right_line for each in of if each.in_the_right_line is not None]
            told = f", {sum(lines)} of {len(lines)} in the right line" if lines else ""
            cells.append(f"{sum(each.agrees for each in of)} of {len(of)}{told}")
        rows.append(f"| {lesson} | {' | '.join(cells)} |")
    return "\n".join(rows)
