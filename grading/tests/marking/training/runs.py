"""Runs of made-up students for the tests of training again: a model, its predictions, and what they logged of it."""

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import mlflow
import pandas as pd
from sklearn import metrics
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.evidence.data_files import DATA
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Reproduction, Request
from grading.marking.training.learned import Learned, learned
from grading.running.reproduction import answered, understood

FILE = DATA / "diabetes_v1.csv"
PINS = [f"scikit-learn=={version('scikit-learn')}"]


def answer(request: Request) -> Reproduction:
    """The tests' own models may be asked here; a process for each would cost seconds."""
    return understood(json.loads(answered(json.dumps(asdict(request)))))


def rows_of() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    whole = pd.read_csv(FILE, index_col="row")
    train, test = train_test_split(whole, random_state=42)
    return whole, train, test


def ridge(alpha: float = 1.0, **settings: Any) -> Any:
    return make_pipeline(StandardScaler(), Ridge(alpha=alpha, **settings))


def log_run(model: Any, test: pd.DataFrame, source: Any = FILE, params: Any = None, **numbers: float) -> None:
    """A run with the model as it is, its predictions of the test rows, and its params or those that are given."""
    X_test = test.drop(columns="progression")
    seen = pd.DataFrame({"row": test.index, "y_true": test["progression"], "y_pred": model.predict(X_test)})
    with mlflow.start_run(run_name="forecast"):
        own = {name: value for name, value in model.get_params().items() if isinstance(value, (int, float))}
        mlflow.log_params(params or {"seed": 42} | own)
        mlflow.log_text(seen.to_csv(index=False), "predictions.csv")
        mlflow.log_metric("test_rmse", metrics.root_mean_squared_error(seen["y_true"], seen["y_pred"]))
        mlflow.log_metrics(numbers)
        mlflow.sklearn.log_model(model, name="model", input_example=X_test.head(2), pip_requirements=PINS,
                                 skops_trusted_types=["sklearn.tree._tree.Tree"])  # fmt: skip
        data = mlflow.data.from_pandas(pd.read_csv(source), source=str(source), name="diabetes")
        mlflow.log_input(data, context="training")


def fitted(model: Any, rows: pd.DataFrame) -> Any:
    return model.fit(rows.drop(columns="progression"), rows["progression"])


def learned_from(evidence: Evidence) -> Learned:
    found = learned(evidence, evidence.main_run)
    assert found is not None
    return found


def forest(seed: int | None = 0) -> RandomForestRegressor:
    return RandomForestRegressor(12, max_depth=4, random_state=seed)


def rmse(model: Any, rows: pd.DataFrame) -> float:
    return float(metrics.root_mean_squared_error(rows["progression"], model.predict(rows.drop(columns="progression"))))
