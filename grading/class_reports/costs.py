"""What grading the class took: time, processor time and memory of each submission, and which stand out."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Final

from grading.class_reports.roster import Roster
from grading.cohort.graded import Graded
from grading.running.execution_report import State

FAR = 3  # times the median: a submission that takes more stands out
MOST_NAMED = 4
MEASURES: Final[tuple[tuple[str, str, Callable[[Graded], float]], ...]] = (
    ("Time", "seconds", lambda graded: graded.seconds),
    ("Processor time", "seconds", lambda graded: graded.cpu_seconds),
    ("Memory", "MB", lambda graded: graded.peak_memory / 1e6),
)


@dataclass(frozen=True)
class CostRow:
    """One quantity of the submissions of one lesson."""

    lesson: str
    values: tuple[float, ...]  # at least one, all above 0
    far: tuple[tuple[str, str, float], ...]  # slug, name and value of those that stand out, the largest first

    @property
    def median(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def most(self) -> float:
        """The largest."""
        return max(self.values)

    def stands_out(self, value: float) -> bool:
        """Whether a value is more than three times the median."""
        return value > FAR * self.median


@dataclass(frozen=True)
class Cost:
    """One quantity of the class, a row a lesson."""

    name: str
    unit: str
    rows: tuple[CostRow, ...]


def class_costs(roster: Roster) -> list[Cost]:
    """Time, processor time and memory, where they are known: an ordinary kernel's are not measured."""
    found = [
        Cost(name, unit, tuple(row for lesson in roster.lessons if (row := _row(roster, lesson, value))))
        for name, unit, value in MEASURES
    ]
    return [cost for cost in found if cost.rows]


def _row(roster: Roster, lesson: str, value: Callable[[Graded], float]) -> CostRow | None:
    known = [
        (student.slug, student.name, value(graded))
        for student in roster.students
        if (graded := student.work(lesson).graded)
        and graded.scorecard
        and graded.scorecard.execution.state is not State.NOT_RUN
        and value(graded) > 0
    ]
    if not known:
        return None
    row = CostRow(lesson, tuple(each[2] for each in known), ())
    far = sorted((each for each in known if row.stands_out(each[2])), key=lambda each: -each[2])
    return CostRow(lesson, row.values, tuple(far))
