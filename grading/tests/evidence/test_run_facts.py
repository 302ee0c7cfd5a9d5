"""What the store knows of a run: which way a metric is better, and how many rows its data have."""

from dataclasses import replace

import pytest

from grading.evidence.run_facts import better


@pytest.mark.parametrize(
    ("name", "direction"),
    [("val_loss", "lower"), ("learning_curve_rmse", "lower"), ("logloss", "lower"), ("cv_accuracy", "higher"),
     ("test_auc", "higher"), ("false_alarm_rate_at_0.1", "lower"), ("temperature", None), ("epoch", None)],
)  # fmt: skip
def test_a_metrics_direction_is_known_by_its_name(name: str, direction: str | None) -> None:
    assert better(name) == direction


def test_a_dataset_that_does_not_say_its_rows_has_none() -> None:
    from grading.evidence.store import Dataset

    data = Dataset("d", "1", "local", "{}", "", {})
    for profile in ("", "[]", "{", '{"num_rows": "many"}', "[" * 100_000):
        assert replace(data, profile=profile).rows is None
    assert replace(data, profile='{"num_rows": 398}').rows == 398
