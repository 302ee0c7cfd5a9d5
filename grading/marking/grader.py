"""Lesson × evidence → scorecard: a pure function of what was left behind."""

import traceback
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from grading.errors import CannotJudge, NotAttempted, Outcome, StoreError, Unmet, shorten
from grading.evidence.evidence import Evidence
from grading.marking.checklist import CHECKLIST
from grading.marking.lesson import Check, Lesson
from grading.marking.verdict import CheckResult, Scorecard, Verdict
from grading.running.execution_report import ExecutionReport

VERSION = version("module-09-experiment-tracking")
KEEP_STORE = "let the parameter TRACKING_URI decide where runs go"
Part = Literal["practice", "worked"]


def checks_of(lesson: Lesson, part: Part = "practice") -> tuple[Check, ...]:
    """The checks of a part, in the scorecard's order: the worked part is held to the checklist only."""
    return (*lesson.checks, *CHECKLIST) if part == "practice" else CHECKLIST


def run_checks(checks: Iterable[Check], evidence: Evidence) -> tuple[CheckResult, ...]:
    """The result of each check; a check that needs one that did not pass is blocked, not failed."""
    results: dict[str, CheckResult] = {}
    for check in checks:
        blocking = [results[need] for need in check.needs if need in results]
        blocking = [result for result in blocking if result.verdict is not Verdict.PASSED]
        results[check.id] = _blocked(check, blocking[0]) if blocking else _judge(check, evidence)
    return tuple(results.values())


def scorecard(
    lesson: Lesson, evidence: Evidence, *, notebook: str, sha256: str, execution: ExecutionReport
) -> Scorecard:
    """Grade one submission: run all checks of the evidence's part."""
    results = run_checks(checks_of(lesson, evidence.part), evidence)
    return _card(lesson, evidence.part, results, notebook=notebook, sha256=sha256, execution=execution)


def nothing_to_grade(
    lesson: Lesson, part: Part, reason: str, *, notebook: str, sha256: str, execution: ExecutionReport
) -> Scorecard:
    """The scorecard of a submission that left no store that can be read: nothing attempted, and why."""
    outcome = NotAttempted("an MLflow store", reason, KEEP_STORE)
    results = tuple(_result(check, Verdict.NOT_ATTEMPTED, outcome) for check in checks_of(lesson, part))
    return _card(lesson, part, results, notebook=notebook, sha256=sha256, execution=execution)


def _card(lesson: Lesson, part: Part, results: tuple[CheckResult, ...], **about: Any) -> Scorecard:
    return Scorecard(grader=VERSION, lesson=lesson.id, title=lesson.title, part=part, results=results, **about)


def _judge(check: Check, evidence: Evidence) -> CheckResult:
    try:
        found = check.function(evidence)
    except Unmet as outcome:
        return _result(check, Verdict.FAILED, outcome)
    except NotAttempted as outcome:
        return _result(check, Verdict.NOT_ATTEMPTED, outcome)
    except CannotJudge as outcome:
        return _result(check, Verdict.ERROR, outcome)
    except StoreError as error:  # the notebook deleted, replaced or damaged the store
        return _result(check, Verdict.FAILED, Unmet("a readable MLflow store", error, KEEP_STORE))
    except Exception as error:  # a mistake in the grader must never become a student's zero
        where = traceback.extract_tb(error.__traceback__)[-1]
        found = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        hint = "a mistake of the grader, not of the submission: please report it"
        return _result(check, Verdict.ERROR, CannotJudge("this check to run", found, hint))
    about = {"id": check.id, "sentence": check.sentence, "group": check.group, "found": shorten(found)}
    return CheckResult(**about, verdict=Verdict.PASSED, points=check.points, max_points=check.points)


def _blocked(check: Check, by: CheckResult) -> CheckResult:
    return _result(
        check, Verdict.BLOCKED, Unmet(f"{by.group.replace('task', 'task ')}: {by.sentence}", by.found, by.hint)
    )


def _result(check: Check, verdict: Verdict, outcome: Outcome) -> CheckResult:
    return CheckResult(
        id=check.id,
        sentence=check.sentence,
        group=check.group,
        verdict=verdict,
        points=0,
        max_points=check.points,
        expected=outcome.expected,
        found=outcome.found,
        hint=outcome.hint,
    )
