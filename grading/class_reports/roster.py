"""The class as a roster: everyone who is in it, what each handed in, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from grading.cohort.graded import Graded
from grading.cohort.submissions import Found, Submission
from grading.errors import shorten
from grading.lessons import lesson_or_own
from grading.marking.grader import checks_of
from grading.marking.verdict import Scorecard, Verdict

RESULTS = "results"  # the folder of a class run where the results lie, with page and executed notebook beside each


class Standing(StrEnum):
    """What became of one student's work for one lesson."""

    GRADED = "graded"
    UNGRADED = "ungraded"  # through our fault: no mark, and not a zero
    PENDING = "not graded yet"  # the class run was stopped before it
    MISSING = "not handed in"


@dataclass(frozen=True)
class Work:
    """One student's work for one lesson; without a mark unless it is graded."""

    standing: Standing
    graded: Graded | None = None
    late: bool = False

    @property
    def card(self) -> Scorecard | None:
        """The scorecard whose mark may be used; None when there is none."""
        return self.graded.scorecard if self.graded and self.standing is Standing.GRADED else None

    @property
    def problem(self) -> str:
        """Why it is ungraded, in a sentence; empty when it is not."""
        return why_ungraded(self.graded) if self.graded and self.standing is Standing.UNGRADED else ""


@dataclass
class Student:
    """One person of the class, with the works by lesson."""

    name: str
    slug: str = ""  # empty: nothing of theirs could be used
    sid: str = ""
    platform: str = ""  # whose id that is: it belongs to the student, as a class may come from several
    works: dict[str, Work] = field(default_factory=dict)

    def work(self, lesson: str) -> Work:
        """The work for a lesson, also when there is none."""
        return self.works.get(lesson, Work(Standing.MISSING))


@dataclass(frozen=True)
class Roster:
    """The class: its lessons in order, its students by name."""

    layout: str
    lessons: tuple[str, ...]
    students: tuple[Student, ...]
    max_scores: Mapping[str, float]
    problems: tuple[str, ...] = ()

    def cards(self, lesson: str) -> list[Scorecard]:
        """The scorecards of a lesson whose marks may be used."""
        return [card for student in self.students if (card := student.work(lesson).card)]


def roster_of(found: Found, graded: Sequence[Graded]) -> Roster:
    """Everyone who was found or graded; a student without usable work is in it, too."""
    students: dict[str, Student] = {}
    for submission in found.submissions:
        student = students.setdefault(submission.slug, Student(submission.student, submission.slug))
        _identify(student, submission, found)
        student.works[submission.lesson] = Work(Standing.PENDING, late=submission.late)
    for each in graded:
        student = students.setdefault(each.slug, Student(each.student, each.slug))
        _identify(student, each, found)
        standing = Standing.UNGRADED if why_ungraded(each) else Standing.GRADED
        student.works[each.lesson] = Work(standing, each, each.late)
    known = {student.name for student in students.values()}
    people = [*students.values(), *(Student(name) for name in found.students if name not in known)]
    for student in people:
        own = found.identities.get(student.name)
        student.sid, student.platform = (own.sid, own.platform) if own else (student.sid, student.platform)
        student.platform = student.platform or found.layout
    lessons = tuple(sorted({lesson for student in people for lesson in student.works}))
    return Roster(
        layout=found.layout,
        lessons=lessons,
        students=tuple(sorted(people, key=lambda student: (student.name.casefold(), student.name, student.slug))),
        max_scores={lesson: sum(check.points for check in checks_of(lesson_or_own(lesson))) for lesson in lessons},
        problems=found.problems,
    )


def _identify(student: Student, work: Submission | Graded, found: Found) -> None:
    """Take the first id that is there, with the platform that gave it."""
    if (work.sid and not student.sid) or not student.platform:
        student.sid, student.platform = work.sid, work.platform or found.layout


def why_ungraded(graded: Graded) -> str:
    """Why there is no mark to use, in a sentence; empty when there is one."""
    if graded.scorecard is None:
        return shorten(graded.problem) or "the grader gave no reason"
    errors = [result for result in graded.scorecard.results if result.verdict is Verdict.ERROR]
    return shorten(f"{errors[0].id}: {errors[0].found or errors[0].expected}") if errors else ""
