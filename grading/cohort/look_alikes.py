"""Submissions that look alike, for a person to look at; never a mark."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grading.cohort.cell_shapes import Given, Shape, code_cells, given_by, shapes_of
from grading.cohort.graded import Graded
from grading.cohort.submissions import Found
from grading.errors import shorten

SMALLEST_MATCH = 130  # nodes that must be shared in all; a `document` cell, which has one right shape, has up to 124
COMMON = 5, 0.2  # predictions that more students than this, and than this share of the class, have are the task's own


@dataclass(frozen=True)
class LookAlike:
    """Some students whose work for one lesson has something in common: what it means is for a person to say."""

    lesson: str
    students: tuple[str, ...]
    slugs: tuple[str, ...]
    kind: Literal["solved cells", "predictions"]
    share: float  # of the solved cells that are the same, of the one with the fewest; 0 to 1
    where: str  # in words: which cells or runs


@dataclass
class _Solved:
    student: str
    slug: str
    cells: dict[str, tuple[str, Shape]] = field(default_factory=dict)  # by shape: the cell's id


def look_alikes(found: Found, graded: Sequence[Graded]) -> list[LookAlike]:
    """The look-alikes of a class, by lesson, those that share most first."""
    alike: list[LookAlike] = []
    for lesson in sorted({submission.lesson for submission in found.submissions}):
        given = given_by(lesson)
        solved = []
        for submission in found.submissions if given.sources else ():
            if submission.lesson == lesson:
                cells = shapes_of(code_cells(submission.notebook), given)
                solved.append(_Solved(submission.student, submission.slug, cells))
        alike += _same_cells(lesson, solved, given)
        alike += _same_predictions(lesson, [each for each in graded if each.lesson == lesson])
    return sorted(alike, key=lambda each: (each.lesson, -each.share, each.kind, each.students))


def _same_cells(lesson: str, solved: Sequence[_Solved], given: Given) -> Iterator[LookAlike]:
    owners: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(solved):
        for digest in each.cells:
            owners[digest].append(number)
    for group in {tuple(numbers) for numbers in owners.values() if len(numbers) > 1}:
        members = [solved[number] for number in group]
        shared = set.intersection(*(set(member.cells) for member in members))
        nodes = sum(members[0].cells[digest][1].nodes for digest in shared)
        if nodes < SMALLEST_MATCH:
            continue
        where = []
        for digest in sorted(shared, key=lambda digest: members[0].cells[digest][0]):
            id = members[0].cells[digest][0]
            literal = len({member.cells[digest][1].text for member in members}) == 1
            notes = [("to the letter", literal), ("as in our solution", digest in given.solution)]
            about = ", ".join(note for note, holds in notes if holds)
            where.append(f"{id} ({about})" if about else id)
        share = len(shared) / min(len(member.cells) for member in members)
        names, slugs = (tuple(getattr(member, what) for member in members) for what in ("student", "slug"))
        yield LookAlike(lesson, names, slugs, "solved cells", share, ", ".join(where))


def _same_predictions(lesson: str, graded: Sequence[Graded]) -> Iterator[LookAlike]:
    """Runs of different students with bit-equal predictions although their seeds differ."""
    holders: dict[str, dict[str, tuple[Graded, str, str]]] = defaultdict(dict)
    for each in graded:
        for key, digest in sorted(each.fingerprints.items()):
            kind, _, run = key.partition(":")
            if kind == "predictions":
                holders[digest].setdefault(each.slug, (each, run, each.fingerprints.get(f"seed:{run}", "")))
    most = max(COMMON[0], COMMON[1] * len(graded))
    seen: set[tuple[str, ...]] = set()
    for found in holders.values():
        seeds = {seed for _, _, seed in found.values()}
        slugs = tuple(found)
        if len(found) < 2 or len(seeds) < 2 or len(found) > most or slugs in seen:
            continue
        seen.add(slugs)
        where = "; ".join(f"{run} with seed {seed or 'unknown'}" for _, run, seed in found.values())
        names = tuple(each.student for each, _, _ in found.values())
        yield LookAlike(lesson, names, slugs, "predictions", 1.0, shorten(f"bit for bit the same: {where}"))
