"""Re-derive what was claimed: metrics from predictions, labels from the data, parameters from the model.

Pure functions of tables and values; the definitions are scikit-learn's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from grading.errors import Unmet
from grading.evidence.comparison import CLOSE, CLOSE_RELATIVE
from grading.evidence.contract import our_contract, value_of

WRONG_FILE = (
    "keep the file's `row` ids when you split; if the run names a file you did not use, log the right source "
    "under another dataset name: MLflow keeps the first source of a name"
)
SCORE_NAMES = ("y_score", "y_proba", "y_prob")
FEW_CLASSES = 20
Definition = Callable[["Basis"], list[float]]


def is_classification(predictions: pd.DataFrame) -> bool:
    """Whether predictions are of classes: a score column, text labels, or few whole numbers."""
    if score_column(predictions) or not pd.api.types.is_numeric_dtype(predictions["y_true"]):
        return True
    values = pd.concat([predictions["y_true"], predictions["y_pred"]]).dropna()
    return bool((values == values.round()).all()) and values.nunique() <= min(FEW_CLASSES, len(predictions) // 2)


def is_binary(predictions: pd.DataFrame) -> bool:
    """Whether there are exactly two classes."""
    return is_classification(predictions) and predictions["y_true"].nunique() == 2


def score_column(predictions: pd.DataFrame) -> str | None:
    """The column with the positive class's score."""
    return next((name for name in SCORE_NAMES if name in predictions.columns), None)


@dataclass(frozen=True)
class Basis:
    """What a metric is derived from: predictions, the number in the metric's name, the run's params (for costs)."""

    predictions: pd.DataFrame
    threshold: float | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def scores(self) -> pd.Series:
        """The positive class's scores, or of many classes the likeliest's; raises Unmet when there are none."""
        name = score_column(self.predictions)
        if name is None:
            found = list(self.predictions.columns)
            raise Unmet("a y_score column in predictions.csv", found, "model.predict_proba(X_test)[:, 1]")
        return self.predictions[name]

    def confusion(self) -> tuple[int, int, int, int]:
        """True negatives, false alarms, misses, hits, with 1 as the positive class."""
        true, predicted = self.predictions["y_true"] == 1, self.predictions["y_pred"] == 1
        tn, fp, fn, tp = (int(count) for count in sk.confusion_matrix(true, predicted, labels=[False, True]).ravel())
        return tn, fp, fn, tp


def derive(
    metric: str, predictions: pd.DataFrame, *, threshold: float | None = None, params: Mapping[str, str] | None = None
) -> list[float] | None:
    """The values a metric may honestly have, given the predictions; None when this metric cannot be re-derived.

    Several values are right where the field has several definitions (macro or weighted average, ≥ or > a threshold);
    none, where there is no agreed one (ROC AUC of three classes).
    `params`: the run's, for the costs. Raises Unmet when the predictions lack what the metric needs.
    """
    if metric not in DEFINITIONS:
        return None
    try:
        return _derive(metric, Basis(predictions, threshold, params or {}))
    except (ValueError, TypeError, OverflowError) as error:  # an accuracy of numbers, an error of words
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unmet(f"predictions.csv to give {metric}", reason, "log metrics that suit what is predicted") from None


def values_of(
    metric: str, predictions: pd.DataFrame, *, threshold: float | None = None, params: Mapping[str, str] | None = None
) -> list[float]:
    """As `derive`; empty when the metric cannot be derived from these predictions."""
    try:
        return derive(metric, predictions, threshold=threshold, params=params) or []
    except Unmet:  # a cost without its params, a score that the model does not give
        return []


def _derive(metric: str, basis: Basis) -> list[float]:
    function, threshold, predictions = DEFINITIONS[metric], basis.threshold, basis.predictions
    if metric in DISTANCE_IN_NAME or threshold is None:
        return function(basis)
    found: list[float] = []
    for chosen in (basis.scores >= threshold, basis.scores > threshold):
        if is_binary(predictions):  # the threshold decides the class
            low, high = sorted(predictions["y_true"].unique())
            decided = chosen.map({True: high, False: low})
            found += function(replace(basis, predictions=predictions.assign(y_pred=decided)))
        elif chosen.any():  # of more classes, it decides which rows the model is sure enough about
            found += function(replace(basis, predictions=predictions[chosen]))
    return found


def _simple(function: Callable[..., float]) -> Definition:
    return lambda basis: [float(function(basis.predictions["y_true"], basis.predictions["y_pred"]))]


def _averaged(function: Callable[..., float]) -> Definition:
    def values(basis: Basis) -> list[float]:
        true, predicted = basis.predictions["y_true"], basis.predictions["y_pred"]
        found = [function(true, predicted, average=how, zero_division=0) for how in ("macro", "weighted", "micro")]
        if is_binary(basis.predictions) and set(predicted.unique()) <= set(true.unique()):
            found += [
                function(true, predicted, average="binary", pos_label=label, zero_division=0) for label in true.unique()
            ]
        return found

    return values


def _roc_auc(basis: Basis) -> list[float]:
    true = basis.predictions["y_true"]
    if true.nunique() != 2:
        return []
    return [float(sk.roc_auc_score(true, basis.scores))]


def _brier(basis: Basis) -> list[float]:
    true, scores = basis.predictions["y_true"], basis.scores
    if true.nunique() != 2 or not scores.between(0, 1).all():
        return []
    return [float(((scores - (true == true.max())) ** 2).mean())]


def _detection(basis: Basis) -> list[float]:
    _, _, fn, tp = basis.confusion()
    return [tp / max(tp + fn, 1)]


def _false_alarm(basis: Basis) -> list[float]:
    tn, fp, _, _ = basis.confusion()
    return [fp / max(tn + fp, 1)]


def _cost(basis: Basis) -> list[float]:
    _, fp, fn, _ = basis.confusion()
    try:
        miss, alarm = costs(basis.params)
    except (KeyError, ValueError):
        wanted = "params cost_of_miss_usd and cost_of_false_alarm_usd"
        raise Unmet(wanted, sorted(basis.params), "log both costs as params") from None
    return [1000 * (fn * miss + fp * alarm) / len(basis.predictions)]


def costs(params: Mapping[str, str]) -> tuple[float, float]:
    """What a miss and a false alarm cost, by a run's params; raises KeyError or ValueError when they do not say it."""
    rules = our_contract("healthcare_triage").parameters
    miss, alarm = (value_of(key, rules[key], params) for key in ("cost_of_miss_usd", "cost_of_false_alarm_usd"))
    if miss is None or alarm is None:
        raise KeyError("no costs")
    return float(miss), float(alarm)


def _share_within(basis: Basis) -> list[float]:
    if basis.threshold is None:
        raise Unmet("a distance in the metric's name", "share_within", "name it share_within_50_points")
    distance = np.abs(basis.predictions["y_true"] - basis.predictions["y_pred"])
    return [float((distance <= basis.threshold).mean()), float((distance < basis.threshold).mean())]


DEFINITIONS: Mapping[str, Definition] = {
    "accuracy": _simple(sk.accuracy_score),
    "precision": _averaged(sk.precision_score),
    "recall": _averaged(sk.recall_score),
    "f1": _averaged(sk.f1_score),
    "roc_auc": _roc_auc,
    "brier": _brier,
    "rmse": _simple(sk.root_mean_squared_error),
    "mse": _simple(sk.mean_squared_error),
    "mae": _simple(sk.mean_absolute_error),
    "r2": _simple(sk.r2_score),
    "share_within": _share_within,
    "malignant_detection_rate": _detection,
    "false_alarm_rate": _false_alarm,
    "cost_per_1000_patients_usd": _cost,
}
DISTANCE_IN_NAME = frozenset({"share_within"})  # the number is a distance, not a cut of the score


def label_mismatches(predictions: pd.DataFrame, data: pd.DataFrame, labels: list[str]) -> int:
    """How many rows of the predictions have a y_true that the data file does not: the least over the label columns.

    `data` is indexed by row id. Raises Unmet for a row that the file does not have.
    """
    unknown = [row for row in predictions["row"] if row not in data.index]
    if unknown:
        expected = "rows of the recorded data file in predictions.csv"
        raise Unmet(expected, f"rows {unknown[:5]} are not in it", WRONG_FILE)
    rows = data.loc[predictions["row"].tolist()]
    return min((differences(predictions["y_true"], rows[label]) for label in labels), default=len(predictions))


def differences(claimed: pd.Series, actual: pd.Series, *, exact: bool = True) -> int:
    """How many values differ, in order: numbers by one part in a million (or, not `exact`, as `equal` has it),
    anything else as text."""
    if pd.api.types.is_numeric_dtype(claimed) and pd.api.types.is_numeric_dtype(actual):
        one, other = claimed.to_numpy(float), actual.to_numpy(float)
        if exact:
            return int((~np.isclose(one, other, rtol=1e-6)).sum())
        allowed = np.maximum(CLOSE, np.where(np.abs(other) > 1, CLOSE_RELATIVE * np.abs(other), 0))
        return int((~(np.abs(one - other) <= allowed)).sum())
    return int((claimed.astype(str).to_numpy() != actual.astype(str).to_numpy()).sum())
