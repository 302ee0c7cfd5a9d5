"""One submission as Gradescope's results.json, which its autograder page shows.

Without a score Gradescope says that the autograder failed: that is what is said of an ungraded submission.
"""

import json
from typing import Any

from grading.class_reports.roster import why_ungraded
from grading.cohort.graded import Graded
from grading.marking.verdict import CheckResult, Scorecard, Verdict
from grading.reports.words import STATES, WORDS, clean, said_of


def render(graded: Graded) -> str:
    """The file's text; scores are points, the time is in seconds."""
    problem, card = why_ungraded(graded), graded.scorecard
    if problem or card is None:
        text = f"This submission is ungraded, through no fault of its own: {problem} This is not a zero."
        return _text({"output": clean(text), "tests": []})
    return _text(
        {
            "score": round(card.score, 4),
            "execution_time": card.execution.seconds,
            "output": clean(_summary(card)),
            "visibility": "visible",
            "tests": [_test(result) for result in card.results],
        }
    )


def _summary(card: Scorecard) -> str:
    lines = [f"{card.lesson} · {card.title}: the notebook {STATES[card.execution.state]}."]
    lines += [f"cell {failure.cell}: {failure.error}" for failure in card.execution.failures]
    return "\n".join([*lines, *card.execution.notes, *card.notes])


def _test(result: CheckResult) -> dict[str, Any]:
    lines = [WORDS[result.verdict], *(f"{name}: {text}" for name, text in said_of(result))]
    return {
        "name": clean(result.sentence),
        "number": result.id,
        "score": result.points,
        "max_score": result.max_points,
        "status": "passed" if result.verdict is Verdict.PASSED else "failed",
        "output": clean("\n".join(lines)),
        "visibility": "visible",
    }


def _text(results: dict[str, Any]) -> str:
    return json.dumps(results, indent=2) + "\n"
