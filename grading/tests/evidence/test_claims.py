import math
from collections.abc import Callable

import pandas as pd
import pytest
from sklearn import metrics

from grading.errors import Unmet
from grading.evidence import claims
from grading.evidence.comparison import equal, same_value

BINARY = pd.DataFrame(
    {
        "row": range(6),
        "y_true": [1, 1, 1, 0, 0, 0],
        "y_pred": [1, 1, 0, 0, 0, 1],
        "y_score": [0.9, 0.6, 0.4, 0.2, 0.1, 0.7],
    }
)
NUMBERS = pd.DataFrame({"row": range(4), "y_true": [100.0, 150.5, 200.0, 90.0], "y_pred": [110.0, 150.5, 140.0, 60.0]})


@pytest.mark.parametrize(
    ("claimed", "derived", "same"),
    [
        (0.486, 0.4864, True),
        (0.49, 0.4864, False),
        (54.4, 54.42, True),
        (54.0, 54.42, False),
        (math.nan, math.nan, False),
        (math.inf, math.inf, False),
        (-0.2, -0.2004, True),
    ],
)
def test_equal_allows_three_decimals_and_no_rounding_up(claimed: float, derived: float, same: bool) -> None:
    assert equal(claimed, derived) is same


@pytest.mark.parametrize(
    ("logged", "actual", "same"),
    [("1.0", 1, True), ("None", None, True), ("True", True, True), ("lbfgs", "lbfgs", True), ("1e-4", 0.0001, True),
     ("10", 1, False), ("False", True, False), ("None", 0, False), ("", None, False)],
)  # fmt: skip
def test_a_logged_text_says_a_value(logged: str, actual: object, same: bool) -> None:
    assert same_value(logged, actual) is same


@pytest.mark.parametrize(
    ("metric", "value"),
    [("rmse", metrics.root_mean_squared_error), ("mae", metrics.mean_absolute_error), ("r2", metrics.r2_score)],
)
def test_regression_metrics_are_scikit_learns(metric: str, value: Callable[..., float]) -> None:
    (found,) = claims.derive(metric, NUMBERS) or []
    assert found == pytest.approx(value(NUMBERS["y_true"], NUMBERS["y_pred"]))


def test_share_within_takes_its_distance_from_the_name() -> None:
    assert claims.derive("share_within", NUMBERS, threshold=30) == [0.75, 0.5]
    with pytest.raises(Unmet, match="a distance in the metric's name"):
        claims.derive("share_within", NUMBERS)


def test_a_threshold_decides_the_classes_anew() -> None:
    assert 1.0 in (claims.derive("malignant_detection_rate", BINARY, threshold=0.3) or [])
    (found,) = claims.derive("malignant_detection_rate", BINARY) or []
    assert found == pytest.approx(2 / 3)


def test_of_three_classes_a_threshold_chooses_the_rows_it_is_sure_about() -> None:
    three = pd.DataFrame({"y_true": [0, 1, 2, 2], "y_pred": [0, 1, 2, 1], "y_score": [0.9, 0.8, 0.7, 0.4]})
    assert claims.derive("accuracy", three.assign(row=range(4)), threshold=0.5) == [1.0, 1.0]


def test_the_cost_needs_both_prices() -> None:
    prices = {"Cost_of_Miss_USD": "20000", "false_alarm_cost_usd": "500"}  # in other capitals, under another name
    (found,) = claims.derive("cost_per_1000_patients_usd", BINARY, params=prices) or []
    assert found == pytest.approx(1000 * 20500 / 6)
    with pytest.raises(Unmet, match="cost_of_miss_usd"):
        claims.derive("cost_per_1000_patients_usd", BINARY)


def test_precision_is_right_in_any_average() -> None:
    found = claims.derive("precision", BINARY) or []
    for average in ("macro", "weighted", "micro", "binary"):
        assert any(
            abs(metrics.precision_score(BINARY["y_true"], BINARY["y_pred"], average=average) - v) < 1e-9 for v in found
        )


def test_a_score_that_is_not_there_is_said() -> None:
    with pytest.raises(Unmet, match="y_score"):
        claims.derive("roc_auc", BINARY.drop(columns="y_score"))


def test_a_metric_without_a_definition_is_not_judged() -> None:
    assert claims.derive("patience", NUMBERS) is None


def test_whole_numbers_of_many_values_are_not_classes() -> None:
    many = pd.DataFrame({"row": range(50), "y_true": range(50), "y_pred": range(50)})
    assert not claims.is_classification(many)
    assert claims.is_classification(BINARY.drop(columns="y_score"))


def test_labels_that_the_file_does_not_have_are_counted() -> None:
    data = pd.DataFrame({"bmi": [1.0, 2, 3, 4], "progression": NUMBERS["y_true"]})
    assert claims.label_mismatches(NUMBERS, data, ["progression"]) == 0
    assert claims.label_mismatches(NUMBERS.assign(y_true=NUMBERS["y_true"] + [0, 0, 1, 1]), data, ["progression"]) == 2


def test_rows_that_the_file_does_not_have_are_named() -> None:
    with pytest.raises(Unmet, match="rows \\[3\\]"):
        claims.label_mismatches(NUMBERS, NUMBERS.iloc[:3], ["y_true"])


def test_text_labels_are_compared_as_text() -> None:
    predictions = pd.DataFrame({"row": [0, 1], "y_true": ["benign", "malignant"], "y_pred": ["benign", "benign"]})
    data = pd.DataFrame({"label": ["benign", "benign"]})
    assert claims.label_mismatches(predictions, data, ["label"]) == 1


def test_the_brier_score_is_derived_where_scores_are_probabilities() -> None:
    table = pd.DataFrame({"row": range(4), "y_true": [0, 1, 1, 0], "y_pred": [0, 1, 1, 0], "y_score": [0.1, 0.8, 1, 0]})
    assert claims.values_of("brier", table) == pytest.approx([(0.01 + 0.04) / 4])
    assert claims.derive("brier", table.assign(y_score=[-2, 3, 1, -1])) == []
