"""A try that was given up still counts: the message says how to be rid of it, and keep its code."""

from collections.abc import Callable
from dataclasses import replace

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.marking.demands import said_of


def _hint(evidence: Evidence) -> str:
    with pytest.raises(Unmet) as unmet, said_of(evidence, evidence.main_runs[0]):
        raise Unmet("a seed", "none", "log it")
    return unmet.value.hint


def test_of_several_runs_one_that_was_given_up_is_deleted_and_its_code_stays(
    tracking: str, evidence: Callable[[], Evidence]
) -> None:
    for name in ("first", "second"):
        with mlflow.start_run(run_name=name) as run:
            mlflow.log_metric("test_rmse", 1.0)
    found = evidence()
    assert _hint(found) == (
        "log it; if 'first' is a try that you gave up, it still counts: end its cell with "
        "mlflow.delete_run(run.info.run_id), and its code may stay"
    )
    live = replace(found, since=1)
    assert f'mlflow.delete_run("{live.main_runs[0].id}")' in _hint(live)
    mlflow.delete_run(run.info.run_id)
    assert len(evidence().main_runs) == 1
