"""A class that was made up, with real lessons and checks: what the tests of the class's reports share."""

import random
from collections.abc import Sequence

from grading.cohort.graded import Graded
from grading.cohort.submissions import Found, Submission
from grading.lessons import LESSONS
from grading.marking.grader import checks_of
from grading.marking.verdict import CheckResult, Scorecard, Verdict
from grading.running.execution_report import CellFailure, ExecutionReport, State

HOSTILE = (
    "<script>alert(1)</script>", "=HYPERLINK(\"x\")", "-", "O'Brien, Seán", "@cmd", "+1-1", "Łukasz; =1+1",
    "李小龍", "\x1b[31mred\r\n\t=2+2", "../../etc/passwd", "Points Possible", "\u202egnp.exe", "-3", "x" * 200,
    "\"quoted\" 'name'",
)  # fmt: skip
VERDICTS = (Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED, Verdict.NOT_ATTEMPTED)


def submission(student: str, lesson: str = "M9_01", notebook: bytes = b"{}", **more: object) -> Submission:
    return Submission(student, lesson, f"{lesson}_x.ipynb", notebook, {}, f"{student}/{lesson}.ipynb", **more)  # type: ignore[arg-type]


def scorecard(lesson_id: str, verdicts: Sequence[Verdict], said: str = "none", **execution: object) -> Scorecard:
    """A scorecard with these verdicts, repeated as often as the lesson has checks."""
    lesson = next(lesson for lesson in LESSONS if lesson.id == lesson_id)
    results = []
    for number, check in enumerate(checks_of(lesson)):
        verdict = verdicts[number % len(verdicts)]
        got = check.points if verdict is Verdict.PASSED else 0
        about = {"id": check.id, "sentence": check.sentence, "group": check.group, "verdict": verdict}
        results.append(
            CheckResult(**about, points=got, max_points=check.points, expected="a run", found=said, hint="log it")  # type: ignore[arg-type]
        )
    report = ExecutionReport(**({"state": State.FINISHED, "seconds": 2.5} | execution))  # type: ignore[arg-type]
    return Scorecard(
        grader="0.1.0", lesson=lesson.id, title=lesson.title, notebook=lesson.file_name, sha256="a" * 64,
        part="practice", execution=report, results=tuple(results),
    )  # fmt: skip


def graded(work: Submission, card: Scorecard | None, problem: str = "", **more: object) -> Graded:
    about = {
        "key": work.sha256 + work.slug + work.lesson, "student": work.student, "slug": work.slug, "sid": work.sid,
        "late": work.late, "lesson": work.lesson, "origin": work.origin, "sha256": work.sha256,
        "seconds": 2.5, "cpu_seconds": 2.0, "peak_memory": 300_000_000, "graded_at": "2026-11-21T18:00:00Z",
    }  # fmt: skip
    return Graded(**(about | {"scorecard": card, "problem": problem} | more))  # type: ignore[arg-type]


def classroom(students: int = 40, seed: int = 9, hostile: Sequence[str] = HOSTILE) -> tuple[Found, list[Graded]]:
    """A class with hostile names, late work, failing notebooks, ungraded submissions, and people without any."""
    dice = random.Random(seed)
    plain = ("Ada", "Bo", "Chen", "Dora", "Emre", "Fay", "Gül", "Hana", "Ivo", "Jun")
    ids: dict[str, str] = {}
    names = [*hostile, *(f"{dice.choice(plain)} {number:03}" for number in range(students))][:students]
    works, results = [], []
    for name in names[:-1]:
        skill = dice.betavariate(4, 1.5)
        for lesson in LESSONS[: dice.choice((2, 3, 4, 4, 4))]:
            work = submission(
                name, lesson.id, late=dice.random() < 0.1, sid=ids.setdefault(name, str(dice.randrange(10**6)))
            )
            works.append(work)
            if dice.random() < 0.03:
                results.append(graded(work, None, problem=f"the worker was killed twice on {name}"))
                continue
            hard = random.Random(lesson.id)  # some checks are hard for everybody
            ease = [hard.uniform(0.5, 1.5) for _ in range(60)]
            verdicts = [Verdict.PASSED if dice.random() < skill * each else dice.choice(VERDICTS[1:]) for each in ease]
            state = dice.choice([State.FINISHED] * 8 + [State.RAISED, State.TIMED_OUT])
            error = "not finished after 300 seconds in all" if state is State.TIMED_OUT else f"NameError: {name}"
            failures = () if state is State.FINISHED else (CellFailure(cell="task2-work", error=error),)
            card = scorecard(
                lesson.id, verdicts, dice.choice(["none", f"no run of {name}"]), state=state, failures=failures
            )
            usual = 4 + 3 * int(lesson.id[-1])
            seconds = 303.1 if state is State.TIMED_OUT else round(usual * dice.lognormvariate(0, 0.25), 2)
            memory = round(1e8 * (1 + int(lesson.id[-1])) * dice.lognormvariate(0, 0.3))
            costs: dict[str, object] = {
                "seconds": seconds,
                "cpu_seconds": round(0.8 * seconds, 2),
                "peak_memory": memory,
            }
            results.append(graded(work, card, **costs))  # type: ignore[arg-type]
    problems = (
        f"{names[0]} handed in two M9_01: the newer is taken",
        f"{names[-1]} handed in nothing that can be used",
    )
    return Found("student/notebook", tuple(works), problems, tuple(names)), results
