"""The tools of M9_04: compare families of models on the same patients.

`??tools.final_run` in a cell shows a function. You may change this file: hand it in
beside your notebook, and your copy is used.

`X` and `y` are as in `clinic`: a table with one row a patient and the column of true
answers, both with the patients' `row` ids as their index.
"""

from collections.abc import Sequence
from timeit import repeat
from typing import Any

import clinic
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy import stats
from sklearn import metrics
from sklearn.inspection import permutation_importance
from sklearn.model_selection import BaseCrossValidator

LOWER_IS_BETTER = ("brier", "rmse", "mae", "mse", "latency", "size")


def out_of_fold(
    model: Any, X: pd.DataFrame, y: pd.Series, cv: BaseCrossValidator
) -> pd.DataFrame:
    """Return what the model says of each patient while that patient is held out.

    Columns `row`, `y_true`, `y_pred`, of a classifier `y_score`, and `split`, which
    counts from 0; one row for each split and each patient that it holds out.

    >>> rows = out_of_fold(model, X_train, y_train, cv)
    """
    parts = []
    for split, (train, held_out) in enumerate(cv.split(X, y)):
        model.fit(X.iloc[train], y.iloc[train])
        part = clinic.predictions_of(model, X.iloc[held_out], y.iloc[held_out])
        parts.append(part.assign(split=split))
    return pd.concat(parts, ignore_index=True)


def measures(predictions: pd.DataFrame, split: str) -> dict[str, float]:
    """Return the metrics of `clinic.metrics_of`, and of a classifier the Brier score.

    >>> measures(predictions, "test")["test_rmse"]
    """
    found = clinic.metrics_of(predictions, split)
    if "y_score" in predictions:
        y_true, y_score = predictions["y_true"], predictions["y_score"]
        found[f"{split}_brier"] = metrics.brier_score_loss(y_true, y_score)
    return found


def fold_scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics of each split of a table that `out_of_fold` made.

    One row a split. Columns of a regression: `cv_rmse`, `cv_mae`, `cv_r2`; of a
    classifier: `cv_brier`, `cv_accuracy`, `cv_roc_auc`.
    """
    scores = {}
    for split, part in rows.groupby("split"):
        y_true, y_pred = part["y_true"], part["y_pred"]
        if "y_score" not in part:
            scores[split] = clinic.regression_metrics(y_true, y_pred, "cv")
            continue
        scores[split] = {
            "cv_brier": ((part["y_score"] - y_true) ** 2).mean(),
            "cv_accuracy": (y_pred == y_true).mean(),
            "cv_roc_auc": metrics.roc_auc_score(y_true, part["y_score"]),
        }
    return pd.DataFrame.from_dict(scores, orient="index").rename_axis("split")


def corrected_interval(scores: pd.Series, folds: int = 5) -> tuple[float, float]:
    """Return low and high of the 95 % interval of a cross-validated mean.

    The splits share patients, so n_test / n_train = 1 / (folds - 1) is added to 1 / J,
    where J counts the scores (Nadeau and Bengio, Machine Learning 52, 2003).

    >>> low, high = corrected_interval(scores["cv_rmse"], folds=5)
    """
    factor = np.sqrt(1 / len(scores) + 1 / (folds - 1))
    t = stats.t.ppf(0.975, len(scores) - 1)
    half = t * scores.std() * factor
    return scores.mean() - half, scores.mean() + half


def parallel_coordinates(table: pd.DataFrame) -> go.Figure:
    """Draw an axis for each column and a line for each row; the axes can be dragged.

    `table`: numbers; the index has the families' names. An arrow points to better.
    """
    places = list(range(len(table)))
    names = {"tickvals": places, "ticktext": [str(name) for name in table.index]}
    axes = [{"label": "family", "values": places, **names}]
    for column in table:
        lower = any(word in str(column) for word in LOWER_IS_BETTER)
        label = f"{column} {'↓' if lower else '↑'}"
        axes.append({"label": label, "values": table[column].tolist()})
    line = {"color": places, "colorscale": [[0, "black"], [1, "darkorange"]]}
    margin = {"l": 110, "r": 60, "t": 60, "b": 30}
    lines = go.Parcoords(dimensions=axes, line=line)
    return go.Figure(lines, layout={"height": 320, "margin": margin})


def latency_ms(model: Any, X: pd.DataFrame, calls: int = 20) -> float:
    """Return how many milliseconds the model takes for one patient.

    It is the least of some calls: what else the computer does can only add time.
    """
    patient = X.head(1)
    seconds = repeat(lambda: model.predict(patient), number=1, repeat=calls)
    return 1000 * min(seconds)


def log_figures(
    model: Any,
    predictions: pd.DataFrame,
    X: pd.DataFrame,
    y: pd.Series,
    seed: int,
    labels: Sequence[str] = ("benign", "malignant"),
) -> None:
    """Log the figures that every run keeps, of a model of any family, and close them.

    A column is important when the score falls while its values are shuffled.
    """
    found = permutation_importance(model, X, y, n_repeats=1, random_state=seed)
    importance = pd.Series(found.importances_mean, index=X.columns)
    bars = clinic.importance_figure(importance, "loss of score when shuffled")
    figures = {"feature_importance.png": bars}
    if "y_score" in predictions:
        answers = predictions["y_true"], predictions["y_score"]
        roc = metrics.RocCurveDisplay.from_predictions(*answers)
        curve = metrics.PrecisionRecallDisplay.from_predictions(*answers)
        figures["confusion_matrix.png"] = clinic.confusion_figure(predictions, labels)
        figures["roc_curve.png"] = roc.figure_
        figures["precision_recall_curve.png"] = curve.figure_
    else:
        figures["residuals.png"] = clinic.residual_figure(predictions)
    for path, figure in figures.items():
        mlflow.log_figure(figure, path)
        plt.close(figure)


def final_run(
    family: str,
    model: Any,
    cv_metrics: dict[str, float],
    tags: dict[str, str],
    file: str,
    data: Sequence[Any],
    groups: pd.Series,
    seed: int,
) -> str:
    """Fit a model, look at the test patients once, log all that M9_01 asks of a run.

    The run is called `<family>-final`; its id is returned. `cv_metrics`: what task 1
    logged, `cv_rmse_mean` and so on; `data`: X_train, X_test, y_train, y_test;
    `groups`: a named column that tells each patient's group, by `row`. Beside the usual
    metrics it logs `latency_ms` and `model_size_bytes`.

    >>> final_run("ridge", model, {"cv_rmse_mean": 55.3}, {"stage": "final"}, file,
    ...           (X_train, X_test, y_train, y_test), groups=diabetes["sex"], seed=42)
    """
    X_train, X_test, y_train, y_test = data
    model.fit(X_train, y_train)
    predictions = clinic.predictions_of(model, X_test, y_test)
    predictions[str(groups.name)] = groups.loc[X_test.index].to_numpy()
    train = measures(clinic.predictions_of(model, X_train, y_train), "train")
    with mlflow.start_run(run_name=f"{family}-final", tags=tags) as run:
        clinic.log_settings(model, seed)
        mlflow.log_params({"train_rows": len(X_train), "test_rows": len(X_test)})
        share = len(X_test) / (len(X_train) + len(X_test))
        mlflow.log_param("split_strategy", f"once, {share:.0%} for the test")
        clinic.log_data(file, X_train, X_test, y_train, y_test)
        clinic.log_code()
        mlflow.log_text(predictions.to_csv(index=False), "predictions.csv")
        mlflow.log_metrics(cv_metrics | train | measures(predictions, "test"))
        log_figures(model, predictions, X_test, y_test, seed)
        saved = clinic.log_model(model, X_train)
        size = mlflow.models.Model.load(saved.model_uri).model_size_bytes
        mlflow.log_metric("model_size_bytes", size)
        mlflow.log_metric("latency_ms", latency_ms(model, X_test))
    return str(run.info.run_id)


def logged_metrics(run_id: str, start: str = "") -> dict[str, float]:
    """Read a run's metrics from the store: those whose names begin with `start`.

    >>> logged_metrics(run_id, "cv_")["cv_rmse_mean"]
    """
    found = mlflow.get_run(run_id).data.metrics
    return {name: value for name, value in found.items() if name.startswith(start)}


def logged_predictions(run_id: str) -> pd.DataFrame:
    """Read a run's predictions.csv from the store, with `row` as the index.

    >>> errors = (table["y_pred"] - table["y_true"]).abs()  # a patient each
    """
    file = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/predictions.csv")
    return pd.read_csv(file, index_col="row")


def paired_test(errors_a: pd.Series, errors_b: pd.Series) -> dict[str, float]:
    """Test the errors of two models on the same patients, in pairs.

    Both have the patients' `row` as their index. Returns n, mean_difference, its 95 %
    interval low and high, effect_size and p_value, as ab_tests.csv has them. The
    difference is a minus b: below zero, model a errs less.
    """
    gaps = errors_a - errors_b
    test = stats.ttest_rel(errors_a, errors_b.loc[errors_a.index])
    low, high = test.confidence_interval(0.95)
    return {
        "n": len(gaps),
        "mean_difference": gaps.mean(),
        "low": low,
        "high": high,
        "effect_size": gaps.mean() / gaps.std(),
        "p_value": test.pvalue,
    }


def pareto(table: pd.DataFrame, columns: Sequence[str]) -> list[bool]:
    """Return for each row whether no other row dominates it; less is better.

    A row dominates another that is not better in any column, and worse in one.

    >>> table["pareto"] = pareto(table, ["cv_rmse_mean", "latency_ms"])
    """
    values = table[list(columns)].to_numpy()
    best = []
    for own in values:
        as_good = (values <= own).all(axis=1)
        better = (values < own).any(axis=1)
        best.append(not bool((as_good & better).any()))
    return best


def register(name: str, run_id: str) -> int:
    """Register the run's model as a new version of `name`; return its number."""
    client = mlflow.MlflowClient()
    model_id = mlflow.get_run(run_id).outputs.model_outputs[0].model_id
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    version = client.create_model_version(name, f"models:/{model_id}", run_id)
    return int(version.version)


def short_name(column: str) -> str:
    """Return the name of a column of `mlflow.search_runs` without its kind.

    >>> short_name("metrics.cv_rmse_mean")  # 'cv_rmse_mean'
    >>> short_name("params.family")  # 'family'
    """
    return column.removeprefix("metrics.").removeprefix("params.")
