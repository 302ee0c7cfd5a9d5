"""The scorecards as JUnit XML, which every CI system shows."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from grading.graded import Graded
from grading.reports.json import write_whole
from grading.verdict import CheckResult, Scorecard, Verdict

UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML 1.0


def render(cards: Sequence[Scorecard]) -> str:
    """One test suite a scorecard, one test case a check; an ungraded check is an error, not a failure."""
    suites = ElementTree.Element("testsuites")
    for card in cards:
        _suite(suites, card.notebook, card)
    return _text(suites)


def render_class(graded: Sequence[Graded]) -> str:
    """One test suite a submission, named after student and lesson; one without a scorecard is a single error."""
    suites = ElementTree.Element("testsuites")
    for each in graded:
        name = f"{each.student} {each.lesson}"
        if each.scorecard:
            _suite(suites, name, each.scorecard)
            continue
        suite = ElementTree.SubElement(
            suites, "testsuite", name=_clean(name), tests="1", time="0", failures="0", errors="1", skipped="0"
        )
        case = ElementTree.SubElement(suite, "testcase", classname=each.lesson, name="graded")
        ElementTree.SubElement(case, "error", message=_clean(each.problem), type=str(Verdict.ERROR))
    return _text(suites)


def _suite(suites: ElementTree.Element, name: str, card: Scorecard) -> None:
    verdicts = [result.verdict for result in card.results]
    suite = ElementTree.SubElement(
        suites, "testsuite", name=_clean(name), tests=str(len(verdicts)), time=f"{card.execution.seconds}",
        failures=str(sum(v in (Verdict.FAILED, Verdict.BLOCKED) for v in verdicts)),
        errors=str(verdicts.count(Verdict.ERROR)), skipped=str(verdicts.count(Verdict.NOT_ATTEMPTED)),
    )  # fmt: skip
    for result in card.results:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{card.lesson}.{result.group}", name=result.id)
        _outcome(case, result)


def _text(suites: ElementTree.Element) -> str:
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
        child = ElementTree.SubElement(case, kind, message=_clean(message))
        if kind != "skipped":
            child.set("type", str(result.verdict))
        child.text = _clean(result.hint)


def _clean(text: str) -> str:
    return UNWRITABLE.sub("�", text)
