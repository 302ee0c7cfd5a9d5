"""What a grading says: verdicts, check results and the scorecard, all frozen values."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Verdict(StrEnum):
    """The outcome of one check."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"  # a check that this one needs did not pass
    NOT_ATTEMPTED = "NOT_ATTEMPTED"
    ERROR = "ERROR"  # ours, never the student's: the submission is ungraded


class State(StrEnum):
    """How the notebook's execution ended."""

    FINISHED = "FINISHED"
    RAISED = "RAISED"  # a cell raised; the cells after it ran all the same
    TIMED_OUT = "TIMED_OUT"
    KERNEL_DIED = "KERNEL_DIED"
    UNREADABLE = "UNREADABLE"  # a cell sent output that is no notebook output
    NOT_RUN = "NOT_RUN"  # graded from a store that already existed


class Frozen(BaseModel):
    """A value: it cannot be changed, and an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CellFailure(Frozen):
    """A cell that did not finish, in plain words."""

    cell: str  # the cell's id
    error: str  # the exception's name and message, on one line


class ExecutionReport(Frozen):
    """What happened while the notebook ran."""

    state: State
    seconds: float = 0.0
    failures: tuple[CellFailure, ...] = ()
    notes: tuple[str, ...] = ()  # facts a person should know: "no kernelspec: run as Python"
    confinement: str = "none"  # what confined the kernel
    cpu_seconds: float = 0.0  # of the kernel and all that it started; 0 when it was an ordinary one
    peak_memory: int = 0  # bytes, beyond what the warm process shares with it


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


class Scorecard(Frozen):
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
    def score(self) -> float:
        """Points reached."""
        return sum(result.points for result in self.results)

    @property
    def max_score(self) -> float:
        """Points to be had."""
        return sum(result.max_points for result in self.results)

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
