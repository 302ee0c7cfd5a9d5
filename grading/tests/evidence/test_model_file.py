import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVR

from grading.errors import Unmet
from grading.evidence.data_files import DATA as COURSE
from grading.evidence.evidence import Evidence
from grading.evidence.model_file import ModelFile, leaves
from grading.evidence.store import LocalArtifacts, LoggedModel

DATA = pd.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "b": [1.0, 0, 1, 0, 1, 1]})
LABEL = pd.Series([0, 0, 0, 1, 1, 1])
TABLE = pd.read_csv(COURSE / "diabetes_v1.csv", index_col="row").head(60)
SEARCH = ["sklearn.metrics._scorer._PassthroughScorer", "sklearn.model_selection._split.KFold"]
TREE = ["sklearn.tree._tree.Tree"]
PLAIN = (str, int, float, bool, type(None))


@pytest.mark.parametrize(
    "model",
    [
        Ridge(alpha=np.float64(0.5), random_state=3),
        SVR(C=2, gamma="auto"),
        RandomForestClassifier(3, random_state=1),
        BaggingRegressor(Ridge(alpha=2), 2),
        make_pipeline(StandardScaler(), LogisticRegression(C=0.3)),
        make_pipeline(make_column_transformer((StandardScaler(), ["a"])), PolynomialFeatures(2), Ridge()),
    ],
    ids=["bare, numpy scalar", "bare", "forest", "an estimator in another", "pipeline", "columns in a pipeline"],
)
def test_hyperparameters_of_a_skops_file_are_get_params(
    tracking: str, evidence: Callable[[], Evidence], model: Any
) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_r2", 1)
        mlflow.sklearn.log_model(
            model.fit(DATA, LABEL), name="m", pip_requirements=["scikit-learn==1"], skops_trusted_types=TREE
        )
    now = evidence()
    found = now.model(now.main_run).hyperparameters()
    expected = {name: value for name, value in model.get_params().items() if isinstance(value, PLAIN)}
    assert found == leaves(expected, type(model).__name__)
    assert found


@pytest.mark.parametrize("how", ["skops", pytest.param("cloudpickle", marks=pytest.mark.slow)])
def test_of_a_search_the_hyperparameters_are_those_of_what_it_chose(
    tracking: str, evidence: Callable[[], Evidence], how: str
) -> None:
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=1))
    model = GridSearchCV(pipeline, {"ridge__alpha": [7, 50]}, cv=2).fit(TABLE[["age", "bmi"]], TABLE["progression"])
    answers = pd.DataFrame(
        {"row": TABLE.index, "y_true": TABLE["progression"], "y_pred": model.predict(TABLE[["age", "bmi"]])}
    )
    source = str(COURSE / "diabetes_v1.csv")
    with mlflow.start_run():
        mlflow.log_text(answers.to_csv(index=False), "predictions.csv")
        mlflow.log_input(mlflow.data.from_pandas(TABLE.reset_index(), source=source, name="d"), context="training")
        mlflow.sklearn.log_model(
            model, name="m", serialization_format=how, pip_requirements=["scikit-learn==1"],
            input_example=TABLE[["age", "bmi"]].head(3), skops_trusted_types=SEARCH if how == "skops" else None,
        )  # fmt: skip
    now = evidence()
    found = now.hyperparameters(now.main_run)
    assert found["ridge__alpha"] == model.best_params_["ridge__alpha"]
    assert "cv" not in found
    assert now.model(now.main_run).steps() == (["StandardScaler", "Ridge"] if how == "skops" else [])


def test_defaults_are_what_nobody_set(tracking: str, evidence: Callable[[], Evidence]) -> None:
    model = make_pipeline(StandardScaler(with_mean=False), Ridge(alpha=20, solver="svd"))
    with mlflow.start_run():
        mlflow.log_metric("test_r2", 1)
        mlflow.sklearn.log_model(model.fit(DATA, LABEL), name="m", pip_requirements=["scikit-learn==1"])
    now = evidence()
    found = now.model(now.main_run).defaults() or {}
    assert (found["standardscaler__with_mean"], found["ridge__alpha"], found["ridge__solver"]) == (True, 1.0, "auto")


def test_a_cloudpickle_model_is_not_read_here(tracking: str, evidence: Callable[[], Evidence]) -> None:
    forest = RandomForestClassifier(3).fit(DATA, LABEL)
    with mlflow.start_run():
        mlflow.log_metric("test_accuracy", 1)
        mlflow.sklearn.log_model(
            forest, name="m", serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
        )
    now = evidence()
    model = now.model(now.main_run)
    assert model.hyperparameters() is None
    assert model.unpinned() == ["scikit-learn"]
    assert not model.has_example
    with pytest.raises(Unmet, match="a model with a signature"):
        model.inputs  # noqa: B018


@pytest.mark.parametrize(
    ("mlmodel", "skops"),
    [
        ("not: [yaml", None),
        ("- a list", None),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: model.skops}}", b"not a zip"),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: ../../etc/passwd}}", None),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: model.skops}}", {"content": 3}),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: model.skops}}", None),
    ],
)
def test_a_malformed_model_is_unmet_and_never_our_error(tmp_path: Path, mlmodel: str, skops: object) -> None:
    (tmp_path / "MLmodel").write_text(mlmodel)
    if isinstance(skops, bytes):
        (tmp_path / "model.skops").write_bytes(skops)
    elif skops is not None:
        with zipfile.ZipFile(tmp_path / "model.skops", "w") as archive:
            archive.writestr("schema.json", json.dumps(skops))
    model = ModelFile(LoggedModel("m-1", "m", "r", True, LocalArtifacts(tmp_path, tmp_path)))
    with pytest.raises(Unmet):
        model.hyperparameters()


def test_a_schema_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {sklearn: {serialization_format: skops, pickled_model: model.skops}}")
    with zipfile.ZipFile(tmp_path / "model.skops", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * 30_000_000)
    with pytest.raises(Unmet, match="over 20 MB"):
        ModelFile(LoggedModel("m-1", "m", "r", True, LocalArtifacts(tmp_path, tmp_path))).hyperparameters()
