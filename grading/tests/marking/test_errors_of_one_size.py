"""A cross-validated error far below those of training and test is another kind of score."""

from collections.abc import Callable
from typing import Any

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.marking.demands import require_errors_of_one_size

HONEST = {
    "as usual": {"train_rmse": 53.1, "cv_rmse_mean": 54.4, "cv_rmse_std": 2.6, "test_rmse": 51.2},
    "a tree that learned by heart": {"train_rmse": 0.0, "cv_rmse_mean": 76.1, "test_rmse": 78.4},
    "a polynomial that goes astray": {"train_rmse": 38.0, "cv_rmse_mean": 940.0, "test_rmse": 66.0},
    "an R² beside an error": {"train_rmse": 53.1, "train_r2": 0.5, "cv_r2_mean": 0.01, "test_r2": 0.4},
    "a target without noise": {"train_rmse": 0.0, "cv_rmse_mean": 0.0, "test_rmse": 0.0},
    "one score of cross-validation, and nothing to hold it against": {"cv_rmse_mean": 0.5},
    "a rate that is nought on the folds": {"train_false_alarm_rate": 0.02, "cv_false_alarm_rate_mean": 0.001,
                                           "test_false_alarm_rate": 0.04},
}  # fmt: skip


def _judge(evidence: Callable[[], Evidence], metrics: dict[str, Any]) -> None:
    with mlflow.start_run(run_name="ridge-1"):
        mlflow.log_metrics(metrics)
    require_errors_of_one_size(evidence().runs[-1])


@pytest.mark.parametrize("metrics", HONEST.values(), ids=list(HONEST))
def test_errors_that_models_really_have_are_taken(metrics: dict[str, float], evidence: Callable[[], Evidence]) -> None:
    _judge(evidence, metrics)


def test_an_r2_that_is_called_rmse_is_told_with_the_way_to_an_error(evidence: Callable[[], Evidence]) -> None:
    with pytest.raises(Unmet, match="cv_rmse_mean") as unmet:
        _judge(evidence, {"train_rmse": 53.1, "cv_rmse_mean": 0.517, "test_rmse": 51.2})
    assert "test_rmse 51.2" in unmet.value.expected
    assert "neg_root_mean_squared_error" in unmet.value.hint
