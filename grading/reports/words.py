"""The words and signs that every report uses."""

import re
from html import escape
from typing import Final

from grading.marking.lesson import Lesson
from grading.marking.verdict import CheckResult, Verdict
from grading.running.execution_report import State

SIGNS: Final = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.BLOCKED: "○",
    Verdict.NOT_ATTEMPTED: "○",
    Verdict.ERROR: "!",
}
WORDS: Final = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not yet",
    Verdict.BLOCKED: "waits",
    Verdict.NOT_ATTEMPTED: "to do",
    Verdict.ERROR: "ungraded",
}
STATES: Final = {
    State.FINISHED: "ran to the end",
    State.RAISED: "ran to the end, with errors in some cells",
    State.TIMED_OUT: "was stopped at the time limit",
    State.KERNEL_DIED: "stopped when its kernel died",
    State.UNREADABLE: "was stopped at output that cannot be read",
    State.NOT_RUN: "was not run",
}
SHORT_STATES: Final = {
    State.RAISED: "errors",
    State.TIMED_OUT: "time limit",
    State.KERNEL_DIED: "kernel died",
    State.UNREADABLE: "bad output",
    State.NOT_RUN: "not run",
}


def group_title(lesson: Lesson, group: str) -> str:
    """'Task 2 · Log parameters and metrics', or 'Checklist'."""
    for task in lesson.tasks:
        if group == f"task{task.number}":
            return f"Task {task.number} · {task.title}"
    return "Checklist"


def said_of(result: CheckResult) -> list[tuple[str, str]]:
    """What there is to say of a result: of a passed one what was found, of another what to do, by name."""
    if result.verdict is Verdict.PASSED:
        return [("found", result.found)] if result.found else []
    first = "waits for" if result.verdict is Verdict.BLOCKED else "expected"
    pairs = ((first, result.expected), ("found", result.found), ("try", result.hint))
    return [(name, text) for name, text in pairs if text]


def clean(text: str) -> str:
    """Text without control characters: a student's output must not steer a terminal or break a page."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def as_html(text: str) -> str:
    """Text that a page shows as it is, what stands between backticks as code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(clean(text)))


def points(value: float) -> str:
    """Points without a needless fraction."""
    return f"{value:g}"
