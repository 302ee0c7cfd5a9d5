"""The results of a run in Markdown: metrics with intervals, mistakes, groups, baselines."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from grading.evidence.claims import SCORE_NAMES, is_binary, is_classification
from grading.evidence.comparison import equal
from grading.evidence.intervals import Measure
from grading.evidence.markdown import literal, number, table
from grading.evidence.predictions import REQUIRED
from grading.evidence.run_facts import RunFacts, like
from grading.evidence.store import Run

NOT_COMPUTED = "not computed"
MOST_CLASSES = 10  # of a confusion matrix that a person reads
GROUPS = range(2, 13)  # distinct values of a column that tells groups apart
MOST_GROUPINGS = 6
MOST_BASELINES = 10
THIS_RUN, ALL_ROWS = "this run", "all rows"  # the rows of wide tables that are read back


def results_of(facts: RunFacts) -> dict[str, str]:
    """The values of the template's results, by name; empty where there is nothing to show."""
    return {
        "test_metrics": _test_metrics(facts),
        "other_metrics": _other_metrics(facts),
        "interval_note": _interval_note(facts),
        "decision_threshold": _decision_threshold(facts),
        "mistakes": _mistakes(facts),
        "groups": _groups(facts),
        "baselines": _baselines(facts),
    }


def _test_metrics(facts: RunFacts) -> str:
    rows = []
    for name in facts.test_metrics:
        value, measure = facts.run.metrics[name], facts.measure(name)
        rows.append((literal(name), number(value), _interval(measure, value) if measure else NOT_COMPUTED))
    return table(("Metric", "Value", "95 % interval"), rows)


def _interval(measure: Measure, claimed: float) -> str:
    derived = measure.value()
    if not (equal(claimed, derived) or np.isnan(derived)):
        return f"none: predictions.csv gives {number(derived)}"
    found = measure.interval()
    return f"{number(found.low, 4)} to {number(found.high, 4)}" if found else NOT_COMPUTED


def _interval_note(facts: RunFacts) -> str:
    if isinstance(facts.predictions, str):
        return f"Without intervals: {literal(facts.predictions)}."
    return (
        f"Intervals: 95 %, by 2,000 bootstrap resamples of the {len(facts.predictions)} rows of predictions.csv. "
        "A rate of 0 or 1, which every resample repeats, has the exact binomial interval. Not computed where the rows "
        "are too few or the metric has no definition here."
    )


def _other_metrics(facts: RunFacts) -> str:
    others = sorted(set(facts.run.metrics) - set(facts.test_metrics))
    shown = [name for name in others if not name.startswith("system/")]
    return table(("Metric", "Value"), [(literal(name), number(facts.run.metrics[name])) for name in shown])


def _decision_threshold(facts: RunFacts) -> str:
    """From which score on a row is called positive, read from the predictions."""
    if said := facts.said("decision_threshold", "threshold", "cutoff"):
        return f"{literal(said)}, as the run says"
    predictions = facts.predictions
    if isinstance(predictions, str) or not is_binary(predictions):
        return "none: the model does not tell two classes apart by a score" if not isinstance(predictions, str) else ""
    name = next((name for name in SCORE_NAMES if name in predictions), None)
    if name is None:
        return ""
    positive = predictions["y_pred"] == predictions["y_true"].max()
    below, above = predictions[name][~positive].max(), predictions[name][positive].min()
    if not below < above:
        return "no single one: the predictions do not follow the score"
    return (
        f"between {number(below, 3)} and {number(above, 3)}: there the predictions change from one class to the other"
    )


def _mistakes(facts: RunFacts) -> str:
    predictions = facts.predictions
    if isinstance(predictions, str):
        return ""
    return _confusion(predictions) if is_classification(predictions) else _residuals(predictions)


def _confusion(predictions: pd.DataFrame) -> str:
    counts = pd.crosstab(predictions["y_true"], predictions["y_pred"])
    labels = sorted({*counts.index, *counts.columns}, key=lambda label: (isinstance(label, str), label))
    if len(labels) > MOST_CLASSES:
        wrong = predictions["y_true"] != predictions["y_pred"]
        return f"{len(labels)} classes; {int(wrong.sum())} of {len(predictions)} rows are wrong."
    counts = counts.reindex(index=labels, columns=labels, fill_value=0)
    rows = [(f"**{literal(label)}** (true)", *map(str, counts.loc[label])) for label in labels]
    return table(("Rows of each class", *(f"{literal(label)} (predicted)" for label in labels)), rows)


def _residuals(predictions: pd.DataFrame) -> str:
    error = (predictions["y_pred"] - predictions["y_true"]).to_numpy(float)
    off = np.abs(error)
    worst = predictions["row"].iloc[int(off.argmax())]
    rows = [
        ("true minus predicted, on average", number(-error.mean(), 4)),
        ("how much that varies (standard deviation)", number(error.std(), 4)),
        ("half of the rows are off by at most", number(float(np.median(off)), 4)),
        ("nine in ten are off by at most", number(float(np.quantile(off, 0.9)), 4)),
        (f"the furthest off, row {literal(worst)}", number(off.max(), 4)),
        ("share of rows predicted too high", number(float((error > 0).mean()), 3)),
    ]
    return table(("Residuals", "In the label's units"), rows)


def groupings(predictions: pd.DataFrame) -> list[str]:
    """The columns of the predictions that tell groups of rows apart: two to twelve distinct values, and no score."""
    scores = ("y_score", "y_prob", "score", "prob")
    others = [name for name in predictions if name not in (*REQUIRED, *SCORE_NAMES)]
    named = [str(name) for name in others if not str(name).lower().startswith(scores)]
    return [name for name in named if predictions[name].nunique() in GROUPS][:MOST_GROUPINGS]


def _groups(facts: RunFacts) -> str:
    predictions = facts.predictions
    if isinstance(predictions, str):
        return ""
    measures = {name: found for name in facts.main_metrics if (found := facts.measure(name))}
    names = groupings(predictions)
    if not (names and measures):
        return ""
    rows = [(ALL_ROWS, str(len(predictions)), *(_cell(found, None) for found in measures.values()))]
    for name in names:
        for value, chosen in _parts(predictions[name]):
            cells = (_cell(found, chosen) for found in measures.values())
            rows.append((f"{literal(name)}: {literal(value)}", str(int(chosen.sum())), *cells))
    return table(("Group", "Rows in it", *map(literal, measures)), rows)


def _parts(column: pd.Series) -> Iterable[tuple[object, np.ndarray]]:
    for value in sorted(column.dropna().unique(), key=lambda value: (isinstance(value, str), value)):
        yield value, (column == value).to_numpy()
    if column.isna().any():
        yield "(not known)", column.isna().to_numpy()


def _cell(measure: Measure, rows: np.ndarray | None) -> str:
    value = measure.value(rows)
    if np.isnan(value):
        return "not defined"
    if found := measure.interval(rows):
        return f"{number(value, 4)} ({number(found.low, 3)} to {number(found.high, 3)})"
    if measure.among is None:
        return number(value, 4)
    of = measure.among if rows is None else measure.among[rows]
    return f"{number(value, 4)} (of {int(of.sum())})"  # too few for an interval: let the reader see how few


def baselines_of(facts: RunFacts) -> list[Run]:
    """The runs to compare with: of this experiment, tagged `role=baseline` or named like it, newest first."""
    candidates = {run.id: run for run in (*facts.neighbours, *facts.children)}
    return [run for run in candidates.values() if _is_baseline(run)][:MOST_BASELINES]


def _is_baseline(run: Run) -> bool:
    role = next((value for key, value in run.tags.items() if key.lower() in ("role", "model_role", "model.role")), "")
    return role.strip().lower() == "baseline" or run.name.lower().startswith("baseline")


def _baselines(facts: RunFacts) -> str:
    found, names = baselines_of(facts), facts.main_metrics
    if not found:
        return ""
    own = _compared(facts, names)
    rows = [(f"**{THIS_RUN}**", *(number(value) if value is not None else "" for value in own))]
    for run in found:
        values = _compared(RunFacts(facts.store, run), names)
        rows.append((run_label(run), *("" if value is None else number(value) for value in values)))
        pairs = zip(own, values, strict=True)
        shown = ("" if one is None or other is None else f"{one - other:+.4g}" for one, other in pairs)
        rows.append((f"this run minus {literal(run.name)}", *shown))
    return table(("Run", *map(literal, names), "Latency (ms)", "Model size (bytes)"), rows)


def _compared(facts: RunFacts, names: list[str]) -> list[float | None]:
    """The metrics that mean the same as these names, then latency and size; None where not recorded."""
    found = [like(name, facts.run) for name in names]
    size = facts.said("model_size_bytes", "model_size") or str(facts.model_description.get("model_size_bytes", ""))
    latency = facts.said("latency_ms", "latency", "prediction_latency_ms", "latency_ms_mean", "mean_latency_ms")
    return [None if name is None else facts.run.metrics[name] for name in found] + [_float(latency), _float(size)]


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def run_label(run: Run) -> str:
    """A run's name with the beginning of its id, so that it can be found."""
    return f"{literal(run.name)} ({literal(run.id[:8])})"
