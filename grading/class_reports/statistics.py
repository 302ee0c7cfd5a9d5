"""How the class did: the marks of each lesson, and the checks that were missed most often."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean, median

from grading.class_reports.roster import Roster, Standing, Student
from grading.marking.verdict import CheckResult, Verdict

BINS = 10
EXAMPLES = 3


@dataclass(frozen=True)
class LessonStatistics:
    """The marks of one lesson, in percent of what there is."""

    lesson: str
    title: str
    percents: tuple[float, ...]
    standings: Counter[Standing]

    @property
    def mean(self) -> float:
        """The mean mark; 0 without marks."""
        return mean(self.percents) if self.percents else 0.0

    @property
    def median(self) -> float:
        """The median mark; 0 without marks."""
        return median(self.percents) if self.percents else 0.0

    @property
    def bins(self) -> list[int]:
        """How many marks lie in each tenth; full marks are in the last."""
        counts = [0] * BINS
        for percent in self.percents:
            counts[min(BINS - 1, int(percent * BINS / 100 + 1e-9))] += 1
        return counts


@dataclass(frozen=True)
class Missed:
    """One check of a lesson and how many missed it; `waits`: how many more, since another check comes first."""

    lesson: str
    check: CheckResult  # of the first example: id, sentence
    failed: int
    to_do: int
    waits: int
    of: int
    most_found: tuple[tuple[str, int], ...]  # what was found most often instead, and how often
    examples: tuple[tuple[str, str], ...]  # slugs and names of students

    @property
    def count(self) -> int:
        """How many missed it themselves."""
        return self.failed + self.to_do


def lesson_statistics(roster: Roster) -> list[LessonStatistics]:
    """Each lesson of the class, in order."""
    found = []
    for lesson in roster.lessons:
        cards = roster.cards(lesson)
        standings = Counter(student.work(lesson).standing for student in roster.students)
        title = cards[0].title if cards else ""
        found.append(LessonStatistics(lesson, title, tuple(card.percent for card in cards), standings))
    return found


def missed_checks(roster: Roster) -> list[Missed]:
    """The checks that somebody missed, the most often missed first; who waits for another check does not count."""
    found = [missed for lesson in roster.lessons for missed in _missed(roster, lesson)]
    return sorted(found, key=lambda missed: (-missed.count, -missed.waits, missed.lesson, missed.check.id))


def _missed(roster: Roster, lesson: str) -> Iterator[Missed]:
    rows: dict[str, list[tuple[Student, CheckResult]]] = {}
    for student in roster.students:
        if card := student.work(lesson).card:
            for result in card.results:
                rows.setdefault(result.id, []).append((student, result))
    for results in rows.values():
        verdicts = Counter(result.verdict for _, result in results)
        own = [
            (student, result)
            for student, result in results
            if result.verdict in (Verdict.FAILED, Verdict.NOT_ATTEMPTED)
        ]
        if own:
            said = Counter(result.found for _, result in own if result.found)
            yield Missed(
                lesson=lesson,
                check=own[0][1],
                failed=verdicts[Verdict.FAILED],
                to_do=verdicts[Verdict.NOT_ATTEMPTED],
                waits=verdicts[Verdict.BLOCKED],
                of=len(results),
                most_found=tuple(entry for entry in said.most_common(2) if entry[1] > 1),
                examples=tuple((student.slug, student.name) for student, _ in own[:EXAMPLES]),
            )
