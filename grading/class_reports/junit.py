"""A class as JUnit XML, which every CI system shows."""

from collections.abc import Sequence
from xml.etree import ElementTree

from grading.cohort.graded import Graded
from grading.marking.verdict import Verdict
from grading.reports.junit import add_suite, as_text, clean_xml


def render(graded: Sequence[Graded]) -> str:
    """One test suite a submission, named after student and lesson; one without a scorecard is a single error."""
    suites = ElementTree.Element("testsuites")
    for each in graded:
        name = f"{each.student} {each.lesson}"
        if each.scorecard:
            add_suite(suites, name, each.scorecard)
            continue
        suite = ElementTree.SubElement(
            suites, "testsuite", name=clean_xml(name), tests="1", time="0", failures="0", errors="1", skipped="0"
        )
        case = ElementTree.SubElement(suite, "testcase", classname=each.lesson, name="graded")
        ElementTree.SubElement(case, "error", message=clean_xml(each.problem), type=str(Verdict.ERROR))
    return as_text(suites)
