import pytest

from grading.evidence.metric_name import MetricName, of_test_rows, parse


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("test_rmse", MetricName("rmse", "test")),
        ("rmse_test", MetricName("rmse", "test")),
        ("test/root_mean_squared_error", MetricName("root_mean_squared_error", "test")),
        ("test.f1_score", MetricName("f1", "test")),
        ("training_r2_score", MetricName("r2", "train")),
        ("cv_rmse_mean", MetricName("rmse", "cv", "mean")),
        ("mean_cv_rmse", MetricName("rmse", "cv", "mean")),
        ("cv_mean_absolute_error_std", MetricName("mean_absolute_error", "cv", "std")),
        ("cross_validation_accuracy", MetricName("accuracy", "cv")),
        ("share_within_50_points", MetricName("share_within", None, None, 50.0)),
        ("f1_threshold_0.3", MetricName("f1", None, None, 0.3)),
        ("test_malignant_detection_rate_at_0.1", MetricName("malignant_detection_rate", "test", None, 0.1)),
        ("cost_per_1000_patients_usd", MetricName("cost_per_1000_patients_usd")),
        ("testRMSE", MetricName("rmse", "test")),
        ("rmse_on_test_set", MetricName("rmse", "test")),
        ("cvRmseMean", MetricName("rmse", "cv", "mean")),
        ("share_within_25pts", MetricName("share_within", None, None, 25.0)),
        ("", MetricName("")),
    ],
)
def test_a_metric_is_known_by_its_meaning(name: str, meaning: MetricName) -> None:
    assert parse(name) == meaning


def test_a_name_without_a_split_is_of_the_test_rows_unless_it_is_a_curve_or_said_twice() -> None:
    names = ["test_rmse", "rmse", "mae", "loss", "cv_mae_mean", "train_mae", "share_within_50_points"]
    assert list(of_test_rows(names, {"loss"}.__contains__)) == ["test_rmse", "mae", "share_within_50_points"]
