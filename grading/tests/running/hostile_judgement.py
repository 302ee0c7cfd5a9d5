"""What is not as it must be in the scorecard of a hostile case, and in the reports made of it."""

import io
import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console

from grading.assessment.assessment import Assessment
from grading.marking.verdict import Scorecard, Verdict
from grading.reports import html, junit, text
from grading.reports import json as as_json
from grading.tests.running.hostile_case import Case

FORGED = "SUCCEEDED"


def misjudged(case: Case, assessment: Assessment, usual: Scorecard) -> Iterator[str]:
    """How the grader judged the case otherwise than expected, what the cell reached, and what it did not try."""
    card, expected = assessment.scorecard, case.expected
    said = _said(assessment.executed)
    verdicts = {result.id: result.verdict for result in card.results}
    for result in card.results:
        if result.verdict is Verdict.ERROR:
            yield f"our error in {result.id}: {result.found}"
    if card.execution.state not in expected.get("state", "FINISHED").split(" or "):
        yield f"ended {card.execution.state}: {card.execution.failures}"
    if card.execution.confinement == "none":
        yield "was not confined"
    told = [*card.notes, *card.execution.notes, *(failure.error for failure in card.execution.failures)]
    told += [result.found for result in card.results] + [result.hint for result in card.results]
    yield from (
        f"does not say {words!r}: {told}"[:900] for words in expected.get("says", []) if words not in " ".join(told)
    )
    if expected.get("card") == "nothing":
        if card.score:
            yield f"has points: {[id for id, verdict in verdicts.items() if verdict == Verdict.PASSED]}"
    elif "lost" in expected:
        if card.lost() != set(expected["lost"]):
            yield f"lost {sorted(card.lost())}: " + str([r.found for r in card.results if r.verdict != "PASSED"])[:600]
    elif expected.get("card") != "whatever":
        other = {result.id: result.verdict for result in usual.results}
        if differing := {id: verdict for id, verdict in verdicts.items() if verdict != other[id]}:
            yield f"is not graded as without the cell: {differing}"
    forged = [line for line in said.splitlines() if line.startswith("attempt ") and f": {FORGED}" in line]
    allowed = expected.get("allowed", {})
    yield from (line for line in forged if line.split(": ")[0].removeprefix("attempt ") not in allowed)
    if expected.get("attempts", True) and "attempt " not in said:
        yield f"attempted nothing: {said[-600:]}"
    yield from (
        f"the cell did not print {words!r}: {said[-600:]}" for words in expected.get("prints", []) if words not in said
    )


def active(card: Scorecard) -> Iterator[str]:
    """What a browser, a spreadsheet or a terminal would take for more than text, in any report."""
    with (console := Console(file=io.StringIO(), width=200)).capture() as printed:
        text.print_scorecard(card, console)
    pages = {"html": html.render(card), "junit": junit.render([card]), "text": printed.get()}
    pages["json"] = json.dumps(as_json.as_dict(card))
    for name, page in pages.items():
        page.encode("utf-8")
        if "\x1b" in page:
            yield f"an escape sequence in the {name} report"
    for words in ("<script>alert", "<img src=x", "<iframe", 'javascript:alert(1)"'):
        if words in pages["html"]:
            yield f"{words} in the HTML report"


def _said(executed: Any) -> str:
    return "".join(str(output.get("text", "")) for cell in executed.cells for output in cell.get("outputs", []))
