"""Tools of the lesson on tuning: spaces and draws, splits, fold scores, candidates.

`??tools.suggest` in a cell shows a function. You may change this file: hand it in
beside your notebook, and your copy is used.

A *space* is a dictionary: for each setting its type, with `low` and `high` or with
`choices`. Of *settings* it is one choice each: `{"elasticnet__alpha": 0.3}`.
`X` is a table with one row a patient, `y` a column with the true answers.
"""

import hashlib
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import optuna
import pandas as pd
import seaborn as sns
from optuna.storages.journal import JournalFileBackend, JournalStorage
from threadpoolctl import threadpool_limits

Space = dict[str, dict[str, Any]]
Settings = dict[str, Any]


def prepare() -> None:
    """Set what suits these lessons: one thread, a quiet Optuna, colours for everybody.

    On a few hundred rows, more threads only wait for one another.
    """
    sns.set_palette("colorblind")
    threadpool_limits(1)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


def sha256_of_text(text: str) -> str:
    """Return the sha256 of a text: another number as soon as one letter changes."""
    return hashlib.sha256(text.encode()).hexdigest()


def suggest(trial: optuna.Trial, space: Space) -> Settings:
    """Ask an Optuna trial for one value of each setting of the space.

    >>> suggest(trial, {"k": {"type": "int", "low": 1, "high": 30}})
    {'k': 17}
    """
    settings = {}
    for name, about in space.items():
        if "choices" in about:
            settings[name] = trial.suggest_categorical(name, about["choices"])
            continue
        low, high, log = about["low"], about["high"], about.get("log", False)
        if about.get("type") == "int":
            settings[name] = trial.suggest_int(name, low, high, log=log)
        else:
            settings[name] = trial.suggest_float(name, low, high, log=log)
    return settings


def draw(space: Space, count: int, seed: int) -> list[Settings]:
    """Draw settings at random from a space: a list of `count` dictionaries.

    >>> draw({"k": {"type": "int", "low": 1, "high": 30}}, count=2, seed=42)
    [{'k': 12}, {'k': 29}]
    """
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    return [suggest(study.ask(), space) for _ in range(count)]


def splits_csv(cv: Any, X: pd.DataFrame, y: pd.Series) -> str:
    """Return which fold holds which row out, as the text of a CSV file.

    Columns `row` and `fold` (0, 1, …). `cv` is a splitter of scikit-learn with a fixed
    seed, such as `KFold(5, shuffle=True, random_state=42)`.

    >>> print(splits_csv(cv, X, y))
    row,fold
    10,2
    472,1
    """
    table = pd.DataFrame({"row": X.index, "fold": 0})
    for fold, split in enumerate(cv.split(X, y)):
        table.loc[split[1], "fold"] = fold
    return table.to_csv(index=False)


def score_fold(
    model: Any,
    X: pd.DataFrame,
    y: pd.Series,
    split: tuple[Sequence[int], Sequence[int]],
    metric: Callable[..., float],
) -> float:
    """Fit the model without the rows that a fold holds out; return its score on these.

    `split`: the places of the rows to learn from, and of those held out, as
    `cv.split(X, y)` gives them for each fold.

    >>> score_fold(model, X, y, split, accuracy_score)
    0.9833
    """
    train, held_out = split
    inputs, labels = X.to_numpy(), y.to_numpy()
    model.fit(inputs[train], labels[train])
    return float(metric(labels[held_out], model.predict(inputs[held_out])))


def fold_scores(
    model: Any, X: pd.DataFrame, y: pd.Series, cv: Any, metric: Callable[..., float]
) -> list[float]:
    """Return the model's score on each fold, in the order of the folds.

    `cv` is a splitter of scikit-learn with a fixed seed, such as `KFold(5, …)`.

    >>> fold_scores(model, X, y, cv, root_mean_squared_error)
    [51.2, 60.3, 44.9, 52.0, 56.1]
    """
    return [score_fold(model, X, y, split, metric) for split in cv.split(X, y)]


def log_mean_and_std(metric: str, scores: Sequence[float]) -> float:
    """Log mean and standard deviation of the folds' scores; return the mean.

    >>> log_mean_and_std("cv_rmse", [52.0, 54.0])  # cv_rmse_mean, cv_rmse_std
    53.0
    """
    mean = float(np.mean(scores))
    mlflow.log_metrics(
        {f"{metric}_mean": mean, f"{metric}_std": float(np.std(scores, ddof=1))}
    )
    return mean


def journal_storage(file: str | Path) -> JournalStorage:
    """Return a storage for an Optuna study: a file that gets a line a step."""
    return JournalStorage(JournalFileBackend(str(file)))


def trials_without_gain(study: optuna.Study, min_delta: float) -> int:
    """Return how many trials have ended since one last beat the best before it by
    more than `min_delta`. Pruned trials count as trials without a gain.
    """
    sign = 1 if study.direction == optuna.study.StudyDirection.MAXIMIZE else -1
    best, waited = -np.inf, 0
    for trial in study.trials:
        complete = trial.state == optuna.trial.TrialState.COMPLETE
        if complete and sign * trial.value > best + min_delta:
            best, waited = sign * trial.value, 0
        else:
            waited += 1
    return waited


def running_means(study: optuna.Study) -> pd.DataFrame:
    """Return what the trials reported: a row a trial, a column a fold, and `state`."""
    table = pd.DataFrame([trial.intermediate_values for trial in study.trials])
    table = table.rename_axis(index="trial", columns="fold")
    table.insert(0, "state", [trial.state.name for trial in study.trials])
    return table


def complete_candidates(
    parent_run_ids: Sequence[str], metric: str, space: Space
) -> pd.DataFrame:
    """Return the candidates that were not pruned: a row for each nested run.

    Columns: `search` (the parent's name), `run_name`, `run_id`, `mean` and `std` of
    the metric over the folds, and the settings of the space. MLflow keeps params as
    text; here they are numbers again.

    >>> complete_candidates([search_id, study_id], "cv_rmse", my_space)
    """
    found = []
    for parent_run_id in parent_run_ids:
        runs = mlflow.search_runs(
            search_all_experiments=True,
            filter_string=f"tags.`mlflow.parentRunId` = '{parent_run_id}' "
            "and attributes.status = 'FINISHED'",
            order_by=["attributes.start_time ASC"],
        )
        if f"metrics.{metric}_mean" not in runs:
            raise ValueError(f"no run inside {parent_run_id} has a {metric}_mean")
        runs["search"] = mlflow.get_run(parent_run_id).info.run_name
        found.append(runs.dropna(subset=f"metrics.{metric}_mean"))
    runs = pd.concat(found, ignore_index=True)
    table = pd.DataFrame(
        {
            "search": runs["search"],
            "run_name": runs["tags.mlflow.runName"],
            "run_id": runs["run_id"],
            "mean": runs[f"metrics.{metric}_mean"],
            "std": runs[f"metrics.{metric}_std"],
        }
    )
    for name, about in space.items():
        values = [_value(text, about) for text in runs[f"params.{name}"]]
        table[name] = pd.Series(values, dtype=_dtype(about))
    return table


def settings_of(candidate: pd.Series, space: Space) -> Settings:
    """Return the settings of one row of `complete_candidates`, as a model takes them.

    >>> settings_of(candidates.iloc[0], my_space)
    {'elasticnet__alpha': 0.31, 'polynomialfeatures__degree': 1}
    """
    return {name: _value(str(candidate[name]), about) for name, about in space.items()}


def fold_values(run_id: str, metric: str) -> list[float]:
    """Return the values of a metric that was logged once a fold, in their order."""
    history = mlflow.MlflowClient().get_metric_history(run_id, metric)
    return [entry.value for entry in sorted(history, key=_step)]


def _step(entry: Any) -> int:
    return entry.step


def _value(text: str, about: dict[str, Any]) -> Any:
    """The value that a text stands for, by the type of its setting in the space."""
    if "choices" in about:
        return {str(choice): choice for choice in about["choices"]}[text]
    return int(float(text)) if about.get("type") == "int" else float(text)


def _dtype(about: dict[str, Any]) -> str:
    if "choices" in about:
        return "object"
    return "int64" if about.get("type") == "int" else "float64"
