"""What a grading says: verdicts, check results and the scorecard, all frozen values."""

from enum import StrEnum
from typing import Literal

from grading.frozen import Frozen
from grading.running.execution_report import ExecutionReport


class Verdict(StrEnum):
    """The outcome of one check."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"  # a check that this one needs did not pass
    NOT_ATTEMPTED = "NOT_ATTEMPTED"
    ERROR = "ERROR"  # ours, never the student's: the submission is ungraded


class CheckResult(Frozen):
    """One row of the scorecard."""

    id: str  # "task2.params_match_model"
    sentence: str  # what was asked, in words for a student
    group: str  # "task2" or "checklist"
    verdict: Verdict
    points: float
    max_points: float
    expected: str = ""
    found: str = ""
    hint: str = ""


class Scored:
    """Something with check results, and the sums of their points."""

    results: tuple[CheckResult, ...]

    @property
    def score(self) -> float:
        """Points reached."""
        return sum(result.points for result in self.results)

    @property
    def max_score(self) -> float:
        """Points to be had."""
        return sum(result.max_points for result in self.results)


class Scorecard(Frozen, Scored):
    """All check results of one submission, with points; JSON `version` 1, described in docs/results.md."""

    version: Literal[1] = 1
    grader: str
    lesson: str
    title: str
    notebook: str
    sha256: str  # of the notebook's bytes as handed in
    part: Literal["practice", "worked"]
    execution: ExecutionReport
    results: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        """Points reached, 0 to 100."""
        return 100 * self.score / self.max_score if self.max_score else 0.0

    @property
    def graded(self) -> bool:
        """False when a check failed on our side: the mark must not be used."""
        return all(result.verdict is not Verdict.ERROR for result in self.results)

    def lost(self) -> frozenset[str]:
        """The ids of the checks that did not pass."""
        return frozenset(result.id for result in self.results if result.verdict is not Verdict.PASSED)
