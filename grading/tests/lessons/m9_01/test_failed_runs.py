from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_01.failed_runs import judge_failure


def _log(status: str, tags: dict[str, str]) -> None:
    mlflow.start_run(run_name="unlucky", tags=tags)
    mlflow.end_run(status)


def test_a_failed_run_that_says_why_is_taken(evidence: Callable[[], Evidence]) -> None:
    _log("FAILED", {"failure_reason": "no such column"})
    assert judge_failure(evidence()) == "'unlucky': no such column"


@pytest.mark.parametrize(
    ("status", "tags", "words"),
    [
        ("FAILED", {}, "FAILED without a reason"),
        ("FINISHED", {"failure_reason": "no such column"}, "but is FINISHED"),
        ("FINISHED", {}, "no failed run"),
        ("RUNNING", {}, "no run left RUNNING"),
    ],
)
def test_without_a_mark_or_a_reason_it_is_unmet(
    evidence: Callable[[], Evidence], status: str, tags: dict[str, str], words: str
) -> None:
    _log(status, tags)
    with pytest.raises(Unmet, match=words):
        judge_failure(evidence())
