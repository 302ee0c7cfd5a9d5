"""A leaderboard is the store's: a run that broke off may stand at its end."""

from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_01.leaderboard import judge_leaderboard


def _judged(evidence: Evidence) -> tuple[int, str]:
    table = mlflow.search_runs(order_by=["metrics.cv_rmse_mean ASC"])[["run_id", "metrics.cv_rmse_mean"]]
    return judge_leaderboard(table, evidence.runs[-1], evidence.runs)


def _candidates(last: str) -> None:
    """Two candidates, and one without the metric that ended as said."""
    for name, value in (("a", 54.0), ("b", 55.0)):
        with mlflow.start_run(run_name=name):
            mlflow.log_metric("cv_rmse_mean", value)
    with mlflow.start_run(run_name="third") as run:
        pass
    mlflow.MlflowClient().set_terminated(run.info.run_id, last)


def test_a_run_that_broke_off_before_its_metric_may_be_listed_last(
    tracking: str, evidence: Callable[[], Evidence]
) -> None:
    _candidates("FAILED")
    assert _judged(evidence()) == (2, "cv_rmse_mean")


def test_a_finished_run_without_the_metric_is_no_candidate(tracking: str, evidence: Callable[[], Evidence]) -> None:
    _candidates("FINISHED")
    with pytest.raises(Unmet, match="cv_rmse_mean in every row"):
        _judged(evidence())
