"""95 % bootstrap intervals of the metrics that predictions give: how far a number would move with other test rows.

The metrics are those of `claims`, written again for many resamples at once; a test holds the two equal.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from grading.errors import Outcome
from grading.evidence import claims

LEVEL = 0.95
RESAMPLES = 2_000
SEED = 9
LEAST_ROWS = 10  # with fewer there is too little to draw from
MOST_ROWS = 50_000  # with more an interval is narrow, and an area under a curve would take minutes
MOST_CLASSES = 50
MOST_UNDEFINED = 0.05  # share of resamples without a value, such as a recall where no row is positive
CELLS = 2_000_000  # of one batch of resamples: 16 MB an array

Array = NDArray[Any]
Statistic = Callable[..., Array]  # samples of shape (…, rows), axis=-1 → (…); NaN where it is not defined


@dataclass(frozen=True)
class Interval:
    """A metric's value on the rows, and the range that holds 95 % of its values on rows drawn from them again."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Measure:
    """One definition of one metric, with what it needs of each row; it can be taken of all rows or of a group."""

    columns: tuple[Array, ...]  # each of shape (rows,)
    statistic: Statistic
    among: Array | None = None  # of a rate: the rows that it is a share of

    def value(self, rows: Array | None = None) -> float:
        """The metric of the rows (a mask; all of them unless given); NaN where it is not defined."""
        samples = self._samples(rows)
        with np.errstate(all="ignore"):
            return float(self.statistic(*samples, axis=-1)) if len(samples[0]) else float("nan")

    def interval(self, rows: Array | None = None) -> Interval | None:
        """The metric with its interval; None when it cannot be had.

        That is: under 10 or over 50,000 rows, not defined in over 5 % of the resamples, or the same in each of them.
        A rate of 0 or 1 is the same in each of them, and nobody is that sure: it has the exact binomial interval
        (C. J. Clopper and E. S. Pearson, Biometrika, 1934).
        """
        from scipy.stats import bootstrap

        samples, value = self._samples(rows), self.value(rows)
        if not (np.isfinite(value) and LEAST_ROWS <= len(samples[0]) <= MOST_ROWS):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # resamples without a value; they are counted below
            drawn = bootstrap(
                samples, self.statistic, paired=True, vectorized=True, method="percentile", n_resamples=RESAMPLES,
                batch=max(CELLS // len(samples[0]), 1), confidence_level=LEVEL, rng=np.random.default_rng(SEED),
            ).bootstrap_distribution  # fmt: skip
        defined = drawn[np.isfinite(drawn)]
        if len(defined) < (1 - MOST_UNDEFINED) * len(drawn):
            return None
        low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if not np.isclose(low, high, rtol=1e-9, atol=1e-12):
            return Interval(value, float(low), float(high))
        return self._exact(value, rows) if self.among is not None and value in (0, 1) else None

    def _exact(self, value: float, rows: Array | None) -> Interval | None:
        from scipy.stats import binomtest

        assert self.among is not None
        trials = int(self.among.sum() if rows is None else self.among[rows].sum())
        if trials < LEAST_ROWS:
            return None
        found = binomtest(round(value * trials), trials).proportion_ci(LEVEL, method="exact")
        return Interval(value, float(found.low), float(found.high))

    def _samples(self, rows: Array | None) -> tuple[Array, ...]:
        return self.columns if rows is None else tuple(column[rows] for column in self.columns)


def measure(
    metric: str,
    predictions: pd.DataFrame,
    *,
    threshold: float | None = None,
    params: Mapping[str, str] | None = None,
    claimed: float | None = None,
) -> Measure | None:
    """The definition of a metric whose value is nearest to the claimed one, or the usual one; None when there is none.

    `predictions` as `read_predictions` gives them; `metric`, `threshold` and `params` as for `claims.derive`;
    `claimed`: the logged value, which tells which of several definitions (macro, weighted …) is meant. The usual one
    of precision, recall and F1 is that of the greater of two labels, and the macro average of more.
    """
    try:
        found = measures(metric, predictions, threshold=threshold, params=params)
    except Outcome:
        return None
    if claimed is None or not np.isfinite(claimed):
        return next(iter(found), None)
    return min(found, key=lambda each: np.nan_to_num(abs(each.value() - claimed), nan=np.inf), default=None)


def measures(
    metric: str, predictions: pd.DataFrame, *, threshold: float | None = None, params: Mapping[str, str] | None = None
) -> list[Measure]:
    """All the definitions of a metric that `claims.derive` knows, the usual one first.

    Raises Unmet as `claims.derive` does: scikit-learn decides whether the metric suits the predictions.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on many classes, few rows, numbers too large to square
        if not claims.derive(metric, predictions, threshold=threshold, params=params):
            return []
        return _all_defined(metric, predictions, threshold, params or {})


def _all_defined(
    metric: str, predictions: pd.DataFrame, threshold: float | None, params: Mapping[str, str]
) -> list[Measure]:
    if threshold is None or metric in claims.DISTANCE_IN_NAME:
        return _defined(metric, predictions, threshold, params)
    found: list[Measure] = []
    scores = claims.Basis(predictions).scores
    for chosen in (scores >= threshold, scores > threshold):
        if claims.is_binary(predictions):
            low, high = sorted(predictions["y_true"].unique())
            found += _defined(metric, predictions.assign(y_pred=chosen.map({True: high, False: low})), None, params)
        elif chosen.any():
            found += _defined(metric, predictions[chosen], None, params)
    return found


def _defined(
    metric: str, predictions: pd.DataFrame, distance: float | None, params: Mapping[str, str]
) -> list[Measure]:
    true, predicted = predictions["y_true"], predictions["y_pred"]
    if metric == "accuracy":
        right = true.to_numpy() == predicted.to_numpy()
        return [Measure((right.astype(float),), _mean, np.ones_like(right))]
    if metric in RATES_OF_A_CLASS:
        return _rates_of_classes(metric, predictions)
    if metric == "roc_auc":
        scores = claims.Basis(predictions).scores.to_numpy(float)
        return [Measure((true.to_numpy() == true.max(), scores), _roc_auc)]
    if metric == "brier":
        scores = claims.Basis(predictions).scores.to_numpy(float)
        return [Measure(((scores - (true.to_numpy() == true.max())) ** 2,), _mean)]
    if metric in ("malignant_detection_rate", "false_alarm_rate"):
        actual, alarmed = true.to_numpy() == 1, predicted.to_numpy() == 1
        among = actual if metric == "malignant_detection_rate" else ~actual
        return [Measure((among & alarmed, among), _share, among)]
    if metric == "cost_per_1000_patients_usd":
        miss, alarm = claims.costs(params)
        actual, alarmed = true.to_numpy() == 1, predicted.to_numpy() == 1
        return [Measure((1000.0 * (miss * (actual & ~alarmed) + alarm * (~actual & alarmed)),), _mean)]
    truth, error = true.to_numpy(float), predicted.to_numpy(float) - true.to_numpy(float)
    if metric == "share_within":
        return [
            Measure((within.astype(float),), _mean, np.ones_like(within))
            for within in (abs(error) <= distance, abs(error) < distance)
        ]
    if metric == "r2":
        return [Measure((truth, error), _r2)]
    return [Measure((np.abs(error) if metric == "mae" else error**2,), _root_mean if metric == "rmse" else _mean)]


def _mean(sample: Array, axis: int = -1) -> Array:
    return np.asarray(sample.mean(axis=axis))


def _root_mean(sample: Array, axis: int = -1) -> Array:
    return np.asarray(np.sqrt(_mean(sample, axis)))


def _share(chosen: Array, among: Array, axis: int = -1) -> Array:
    return _ratio(chosen.sum(axis=axis), among.sum(axis=axis))


def _ratio(part: Array, whole: Array, empty: float = float("nan")) -> Array:
    """The quotient; `empty` where there is nothing to divide by."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    quotient = np.full(np.broadcast(part, whole).shape, empty)
    np.divide(part, whole, out=quotient, where=whole != 0)
    return quotient


def _r2(truth: Array, error: Array, axis: int = -1) -> Array:
    spread = ((truth - truth.mean(axis=axis, keepdims=True)) ** 2).sum(axis=axis)
    return np.asarray(1 - _ratio((error**2).sum(axis=axis), spread))


def _roc_auc(positive: Array, scores: Array, axis: int = -1) -> Array:
    """By ranks: how often a positive row has the higher score, a tie counting half."""
    from scipy.stats import rankdata

    ranks = rankdata(scores, axis=axis)
    hits = positive.sum(axis=axis)
    above = (ranks * positive).sum(axis=axis) - hits * (hits + 1) / 2
    return _ratio(above, hits * (positive.shape[axis] - hits))


# What a rate divides the hits by: so much of the rows that are of the class, and of those predicted to be.
RATES_OF_A_CLASS: Mapping[str, tuple[float, float]] = {"precision": (0, 1), "recall": (1, 0), "f1": (0.5, 0.5)}


def _rates_of_classes(metric: str, predictions: pd.DataFrame) -> list[Measure]:
    """Of two labels, the rate of the greater and of the other; then the macro, weighted and micro averages."""
    of_those, of_calls = RATES_OF_A_CLASS[metric]
    true, predicted = predictions["y_true"].to_numpy(), predictions["y_pred"].to_numpy()
    codes, labels = pd.factorize(np.concatenate([true, predicted]), sort=True)
    if len(labels) > MOST_CLASSES:
        return []

    def counts(label: int, actual: Array, called: Array, axis: int) -> tuple[Array, Array, Array]:
        is_it, said = actual == label, called == label
        return (is_it & said).sum(axis=axis), is_it.sum(axis=axis), said.sum(axis=axis)

    def of(label: int) -> Statistic:
        def rate(actual: Array, called: Array, axis: int = -1) -> Array:
            hits, those, calls = counts(label, actual, called, axis)
            return _ratio(hits, of_those * those + of_calls * calls)

        return rate

    def per_class(actual: Array, called: Array, axis: int) -> tuple[Array, Array, Array]:
        """The rate, the rows and the calls of each class, classes first; a class without any has a rate of 0."""
        counted = [np.stack(counts(label, actual, called, axis)) for label in range(len(labels))]
        hits, those, calls = np.stack(counted, axis=1).astype(float)
        return _ratio(hits, of_those * those + of_calls * calls, empty=0.0), those, calls

    def macro(actual: Array, called: Array, axis: int = -1) -> Array:
        rates, those, calls = per_class(actual, called, axis)
        return _ratio(rates.sum(axis=0), (those + calls > 0).sum(axis=0))

    def weighted(actual: Array, called: Array, axis: int = -1) -> Array:
        rates, those, _ = per_class(actual, called, axis)
        return _ratio((rates * those).sum(axis=0), those.sum(axis=0))

    def micro(actual: Array, called: Array, axis: int = -1) -> Array:
        return np.asarray((actual == called).mean(axis=axis))

    actual, called = codes[: len(true)], codes[len(true) :]
    averages = [Measure((actual, called), kind) for kind in (macro, weighted, micro)]
    if not (claims.is_binary(predictions) and set(predicted) <= set(true)):
        return averages
    divides = {"recall": actual, "precision": called}.get(metric)
    of_each = [Measure((actual, called), of(x), None if divides is None else divides == x) for x in (1, 0)]
    return [*of_each, *averages]
