"""The scorecards as JUnit XML, which every CI system shows."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from grading.files import write_whole
from grading.marking.verdict import CheckResult, Scorecard, Verdict

UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML 1.0


def render(cards: Sequence[Scorecard]) -> str:
    """One test suite a scorecard, one test case a check; an ungraded check is an error, not a failure."""
    suites = ElementTree.Element("testsuites")
    for card in cards:
        add_suite(suites, card.notebook, card)
    return as_text(suites)


def add_suite(suites: ElementTree.Element, name: str, card: Scorecard) -> None:
    """Add the test suite of one scorecard."""
    verdicts = [result.verdict for result in card.results]
    suite = ElementTree.SubElement(
        suites, "testsuite", name=clean_xml(name), tests=str(len(verdicts)), time=f"{card.execution.seconds}",
        failures=str(sum(v in (Verdict.FAILED, Verdict.BLOCKED) for v in verdicts)),
        errors=str(verdicts.count(Verdict.ERROR)), skipped=str(verdicts.count(Verdict.NOT_ATTEMPTED)),
    )  # fmt: skip
    for result in card.results:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{card.lesson}.{result.group}", name=result.id)
        _outcome(case, result)


def as_text(suites: ElementTree.Element) -> str:
    """The suites as the text of a file."""
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def write(cards: Sequence[Scorecard], path: Path) -> None:
    """Write all scorecards to one file."""
    write_whole(path, render(cards))


def _outcome(case: ElementTree.Element, result: CheckResult) -> None:
    kinds = {
        Verdict.FAILED: "failure",
        Verdict.BLOCKED: "failure",
        Verdict.ERROR: "error",
        Verdict.NOT_ATTEMPTED: "skipped",
    }
    if kind := kinds.get(result.verdict):
        message = f"expected: {result.expected}; found: {result.found}"
        child = ElementTree.SubElement(case, kind, message=clean_xml(message))
        if kind != "skipped":
            child.set("type", str(result.verdict))
        child.text = clean_xml(result.hint)


def clean_xml(text: str) -> str:
    """The text, with a sign in the place of each character that XML does not allow."""
    return UNWRITABLE.sub("�", text)
