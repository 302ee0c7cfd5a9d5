"""What a screening model is judged by, from labels and scores."""

from time import perf_counter

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.base import BaseEstimator

TIMED_CALLS = 20


def decided(y: np.ndarray, predicted: np.ndarray, costs: dict[str, float]) -> dict[str, float]:
    """The clinic's metrics, which need decisions: shares of 0 to 1, and US dollars for 1,000 patients."""
    healthy, alarms, misses, found = metrics.confusion_matrix(y, predicted, labels=[0, 1]).ravel()
    cost = misses * costs["cost_of_miss_usd"] + alarms * costs["cost_of_false_alarm_usd"]
    return {
        "malignant_detection_rate": float(found / (found + misses)),
        "false_alarm_rate": float(alarms / (alarms + healthy)),
        "cost_per_1000_patients_usd": float(1000 * cost / len(y)),
    }


def score(y: pd.Series, chances: np.ndarray, threshold: float, costs: dict[str, float]) -> dict[str, float]:
    """Every metric of one set of rows: `chances` is the probability of being malignant."""
    y, predicted = np.asarray(y), (chances >= threshold).astype(int)
    return {
        "accuracy": metrics.accuracy_score(y, predicted),
        "precision": metrics.precision_score(y, predicted, zero_division=0),
        "recall": metrics.recall_score(y, predicted),
        "f1": metrics.f1_score(y, predicted),
        "roc_auc": metrics.roc_auc_score(y, chances),
        **decided(y, predicted, costs),
    }


def at_thresholds(
    y: pd.Series, chances: np.ndarray, thresholds: list[float], costs: dict[str, float]
) -> dict[str, float]:
    """What other thresholds would have meant: `malignant_detection_rate_at_0.3` and its like."""
    return {
        f"{name}_at_{threshold}": value
        for threshold in thresholds
        for name, value in decided(np.asarray(y), (chances >= threshold).astype(int), costs).items()
    }


def latency_ms(model: BaseEstimator, X: pd.DataFrame) -> float:
    """Milliseconds for one patient, the median of some calls; not repeatable to the digit, unlike all other metrics."""
    patient, times = X.head(1), []
    for _ in range(TIMED_CALLS):
        start = perf_counter()
        model.predict(patient)
        times.append(1000 * (perf_counter() - start))
    return float(np.median(times))
