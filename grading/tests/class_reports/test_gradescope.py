import json
from typing import Any
from xml.etree import ElementTree

from grading.class_reports import gradescope, junit
from grading.marking.verdict import Verdict
from grading.tests.classroom import HOSTILE, classroom, graded, scorecard, submission


def _results(*verdicts: Verdict, said: str = "none") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gradescope.render(graded(submission("Ada"), scorecard("M9_01", verdicts, said))))
    return found


def test_the_score_is_the_sum_of_the_tests() -> None:
    results = _results(Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED)
    assert results["score"] == sum(test["score"] for test in results["tests"])
    assert sum(test["max_score"] for test in results["tests"]) == 100
    assert {test["status"] for test in results["tests"]} == {"passed", "failed"}


def test_a_test_says_what_was_asked_found_and_to_do() -> None:
    test = _results(Verdict.FAILED)["tests"][0]
    assert test["name"].endswith(".")
    assert test["output"] == "not yet\nexpected: a run\nfound: none\ntry: log it"
    assert test["visibility"] == "visible"


def test_an_ungraded_submission_has_no_score_and_says_so() -> None:
    for card in (None, scorecard("M9_01", [Verdict.PASSED, Verdict.ERROR])):
        results = json.loads(gradescope.render(graded(submission("Ada"), card, problem="the worker was killed")))
        assert "score" not in results
        assert results["tests"] == []
        assert "not a zero" in results["output"]


def test_control_characters_stay_out() -> None:
    assert "\x1b" not in _results(Verdict.FAILED, said="\x1b[31m")["tests"][0]["output"]


def test_junit_has_a_suite_for_every_submission_and_an_error_for_an_ungraded_one() -> None:
    _, results = classroom()
    results.append(graded(submission(HOSTILE[8]), None, problem="\x00 killed"))
    suites = ElementTree.fromstring(junit.render(results))
    assert len(suites) == len(results)
    assert [child.tag for child in suites[-1][0]] == ["error"]
    assert suites[-1].get("errors") == "1"
