import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from grading.errors import Outcome
from grading.evidence import claims
from grading.evidence.intervals import Interval, measure, measures

RNG = np.random.default_rng(0)
ROWS = 143
COSTS = {"cost_of_miss_usd": "20000", "cost_of_false_alarm_usd": "500"}


def _binary(rows: int = ROWS) -> pd.DataFrame:
    true = RNG.integers(0, 2, rows)
    scores = np.clip(0.5 * true + RNG.normal(0.25, 0.25, rows), 0, 1).round(2)  # rounded: with ties
    table = {"row": range(rows), "y_true": true, "y_pred": (scores >= 0.5).astype(int), "y_score": scores}
    return pd.DataFrame(table)


def _numbers(rows: int = ROWS) -> pd.DataFrame:
    true = RNG.normal(150, 75, rows)
    return pd.DataFrame({"row": range(rows), "y_true": true, "y_pred": true + RNG.normal(0, 50, rows).round()})


BINARY, NUMBERS = _binary(), _numbers()
THREE = BINARY.assign(y_true=RNG.integers(0, 3, ROWS), y_pred=RNG.integers(0, 3, ROWS))
WORDS = {0: "benign", 1: "malignant"}
TEXT = BINARY[["row"]].assign(y_true=BINARY["y_true"].map(WORDS), y_pred=BINARY["y_pred"].map(WORDS))
CLASSIFIED = ["accuracy", "precision", "recall", "f1", "roc_auc", "malignant_detection_rate", "false_alarm_rate"]
CLASSIFIED += ["cost_per_1000_patients_usd"]
MEASURED = ["rmse", "mae", "mse", "r2"]
Case = tuple[str, pd.DataFrame, float | None]
CASES: list[Case] = [(metric, table, None) for table in (BINARY, THREE, TEXT) for metric in CLASSIFIED]
CASES += [(metric, BINARY, cut) for metric in CLASSIFIED for cut in (0.3, 0.5)] + [("accuracy", THREE, 0.5)]
CASES += [(metric, NUMBERS, None) for metric in MEASURED] + [("share_within", NUMBERS, 50.0)]


def interval(metric: str, table: pd.DataFrame, **more: Any) -> Interval | None:
    measured = measure(metric, table, **more)
    return measured.interval() if measured else None


@pytest.mark.parametrize(("metric", "table", "threshold"), CASES)
def test_every_value_is_scikit_learns(metric: str, table: pd.DataFrame, threshold: float | None) -> None:
    try:
        derived = claims.derive(metric, table, threshold=threshold, params=COSTS) or []
    except Outcome:
        assert measure(metric, table, threshold=threshold, params=COSTS) is None
        return
    found = [each.value() for each in measures(metric, table, threshold=threshold, params=COSTS)]
    if metric.startswith("malignant") and table is TEXT:
        assert np.isnan(found).all()  # no row is labelled 1: not a rate of nothing
        return
    assert sorted(found) == pytest.approx(sorted(derived), rel=1e-12)


@pytest.mark.parametrize(("metric", "table", "threshold"), CASES)
def test_an_interval_holds_its_value(metric: str, table: pd.DataFrame, threshold: float | None) -> None:
    found = interval(metric, table, threshold=threshold, params=COSTS)
    if found is not None:
        assert found.low <= found.value <= found.high
        assert found.low < found.high


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "average"), [("accuracy", None), ("recall", "macro"), ("f1", "weighted")])
def test_the_interval_is_that_of_resampling_by_hand(metric: str, average: str | None) -> None:
    score = sk.accuracy_score if average is None else getattr(sk, f"{metric}_score")
    named = {} if average is None else {"average": average}
    drawn = [THREE.iloc[RNG.integers(0, ROWS, ROWS)] for _ in range(1000)]
    values = [score(each["y_true"], each["y_pred"], **named) for each in drawn]
    found = interval(metric, THREE, claimed=float(score(THREE["y_true"], THREE["y_pred"], **named)))
    assert found is not None
    assert np.quantile(values, [0.025, 0.975]) == pytest.approx([found.low, found.high], abs=0.015)


def test_the_interval_of_a_mean_is_that_of_the_textbook() -> None:
    found = interval("mae", NUMBERS)
    distance = abs(NUMBERS["y_true"] - NUMBERS["y_pred"])
    assert found is not None
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * distance.std() / np.sqrt(ROWS), rel=0.05)


def test_a_rate_of_one_has_the_exact_interval_of_its_own_rows() -> None:
    perfect = BINARY.assign(y_pred=BINARY["y_true"])
    positive = int(BINARY["y_true"].sum())
    for metric, trials in (("accuracy", ROWS), ("malignant_detection_rate", positive), ("recall", positive)):
        found = interval(metric, perfect)
        assert found is not None
        assert (found.value, found.high) == (1, 1)
        assert found.low == pytest.approx(0.025 ** (1 / trials))  # the chance of so many hits in a row is 2.5 %
    none = interval("false_alarm_rate", perfect)
    assert none is not None
    assert none.high == pytest.approx(1 - 0.025 ** (1 / (ROWS - positive)))
    assert interval("f1", perfect) is None  # no share of anything


def test_the_same_predictions_give_the_same_interval() -> None:
    assert interval("roc_auc", BINARY) == interval("roc_auc", BINARY)


def test_the_claimed_value_tells_which_average_is_meant() -> None:
    for average in ("macro", "weighted", "micro", "binary"):
        claimed = float(sk.precision_score(BINARY["y_true"], BINARY["y_pred"], average=average))
        found = measure("precision", BINARY, claimed=claimed)
        assert found is not None
        assert found.value() == pytest.approx(claimed)
    usual = measure("precision", BINARY)
    assert usual is not None
    assert usual.value() == pytest.approx(sk.precision_score(BINARY["y_true"], BINARY["y_pred"]))


def test_a_group_is_measured_as_the_whole_is() -> None:
    women = RNG.random(ROWS) < 0.5
    recall = measure("recall", BINARY)
    assert recall is not None
    own = BINARY[women]
    assert recall.value(women) == pytest.approx(sk.recall_score(own["y_true"], own["y_pred"]))
    assert np.isnan(recall.value(BINARY["y_true"].to_numpy() == 0))
    assert recall.interval(BINARY["y_true"].to_numpy() == 0) is None
    assert np.isnan(recall.value(np.zeros(ROWS, bool)))


DEGENERATE: dict[str, Callable[[], pd.DataFrame]] = {
    "one row": lambda: BINARY.head(1),
    "three rows": lambda: BINARY.head(3),
    "nothing is wrong": lambda: BINARY.assign(y_pred=BINARY["y_true"]),
    "one class": lambda: BINARY.assign(y_true=0),
    "one row of a class": lambda: BINARY.assign(y_true=[1] + [0] * (ROWS - 1)),
    "always the same prediction": lambda: BINARY.assign(y_pred=0, y_score=0.5),
    "a class that is only predicted": lambda: BINARY.assign(y_pred=2),
    "one number": lambda: NUMBERS.assign(y_true=1.5),
    "one number, always predicted": lambda: NUMBERS.assign(y_true=1.5, y_pred=1.5),
    "enormous numbers": lambda: NUMBERS.assign(y_true=1e200 * NUMBERS["y_true"]),
    "a class a row": lambda: TEXT.assign(y_true=[f"t{n}" for n in range(ROWS)], y_pred=[f"p{n}" for n in range(ROWS)]),
    "true and false": lambda: BINARY.assign(y_true=BINARY["y_true"] == 1, y_pred=BINARY["y_pred"] == 1),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_what_has_no_interval_is_not_computed_and_warns_of_nothing(case: str) -> None:
    table = DEGENERATE[case]()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric in [*CLASSIFIED, *MEASURED, "share_within", "patience"]:
            for threshold in (None, 0.5):
                found = interval(metric, table, threshold=threshold, params=COSTS)
                assert found is None or (found.low < found.high and found.low <= found.value <= found.high)


@pytest.mark.parametrize("case", ["one row", "three rows"])
def test_of_few_rows_nothing_is_drawn(case: str) -> None:
    assert interval("accuracy", DEGENERATE[case]()) is None


def test_costs_without_prices_have_no_interval() -> None:
    assert interval("cost_per_1000_patients_usd", BINARY) is None


def test_many_rows_are_drawn_in_batches() -> None:
    found = interval("rmse", _numbers(20_000))
    assert found is not None
    assert found.high - found.low < 2
