"""A model runs in a process of its own, and whatever it does there costs only its own answer."""

import os
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow
import pandas as pd
import pytest
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from grading.evidence.model_answer import Reproduction, Request
from grading.running.reproduction import reproduce

pytestmark = pytest.mark.slow

DATA = pd.DataFrame({"row": [7, 3, 9], "a": [0.0, 1, 2], "b": [1.0, 0, 1], "label": [0, 1, 1]})


class Rude(Ridge):  # type: ignore[misc]
    """A model that runs a command when it predicts."""

    def __init__(self, command: str = "") -> None:
        super().__init__()
        self.command = command

    def predict(self, X: Any) -> Any:
        exec(self.command)
        return super().predict(X)


def _request(tmp_path: Path, model: Any, rows: tuple[int, ...] = (9, 3)) -> Request:
    DATA.to_csv(tmp_path / "data.csv", index=False)
    model.fit(DATA[["a", "b"]], DATA["label"])
    folder = str(tmp_path / "model")
    mlflow.sklearn.save_model(
        model, folder, serialization_format="cloudpickle", input_example=DATA[["a", "b"]], pip_requirements=["a==1"]
    )
    return Request(folder, str(tmp_path / "data.csv"), rows, ("a", "b"), "label")


def test_a_model_predicts_the_rows_it_is_asked_for(tmp_path: Path) -> None:
    model = LogisticRegression(C=2)
    found = reproduce(_request(tmp_path, model))
    features = DATA.set_index("row").loc[[9, 3], ["a", "b"]]
    assert (
        found.predictions == tuple(model.predict(features))
        or list(found.predictions) == model.predict(features).tolist()
    )
    assert list(found.scores) == pytest.approx(model.predict_proba(features)[:, 1].tolist())
    assert found.hyperparameters["C"] == 2


@pytest.mark.parametrize(
    ("model", "weighs"),
    [
        (Ridge(), True),
        (make_pipeline(StandardScaler(), Ridge()), True),
        (DecisionTreeRegressor(max_depth=2), True),
        (make_pipeline(PolynomialFeatures(2), Ridge()), False),
        (KNeighborsRegressor(2), False),
    ],
)
def test_a_model_says_how_much_each_input_weighs_where_it_has_a_weight_for_each(
    tmp_path: Path, model: Any, weighs: bool
) -> None:
    found = reproduce(_request(tmp_path, model)).weights
    last = model[-1] if hasattr(model, "steps") else model
    own: Any = getattr(last, "coef_", getattr(last, "feature_importances_", None))
    assert found == (pytest.approx(dict(zip("ab", own, strict=True))) if weighs else {})


@pytest.mark.parametrize("kind", ["float32", "int32"])
def test_a_model_is_fed_the_kind_of_number_that_its_signature_says(tmp_path: Path, kind: str) -> None:
    DATA.to_csv(tmp_path / "data.csv", index=False)
    narrow = DATA[["a", "b"]].astype(kind)
    model, folder = Ridge().fit(narrow, DATA["label"]), str(tmp_path / "model")
    mlflow.sklearn.save_model(model, folder, signature=infer_signature(narrow), pip_requirements=["a==1"])
    found = reproduce(Request(folder, str(tmp_path / "data.csv"), (7, 9), ("a", "b"), "label"))
    assert found.problem == ""
    assert list(found.predictions) == pytest.approx(model.predict(narrow.iloc[[0, 2]]).tolist())


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import os; os._exit(0)", "died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "died"),
    ],
)
def test_a_model_that_breaks_its_process_is_an_answer(tmp_path: Path, command: str, problem: str) -> None:
    request = _request(tmp_path, Rude())
    broken = Rude(command)
    broken.fit(DATA[["a", "b"]], DATA["label"])
    (tmp_path / "model" / "model.pkl").write_bytes(cloudpickle.dumps(broken))
    assert problem in reproduce(request).problem
    assert reproduce(_again(tmp_path)).problem == ""  # the server lives on


def _again(tmp_path: Path) -> Request:
    folder = tmp_path / "good"
    folder.mkdir()
    return _request(folder, Ridge())


def test_a_model_gets_the_environment_it_is_given_and_a_folder_of_its_own(tmp_path: Path) -> None:
    os.environ["SECRET_TOKEN"] = "hunter2"
    try:
        request = _request(tmp_path, Rude())
        model = Rude("import os; assert 'SECRET_TOKEN' not in os.environ and os.getcwd() == os.environ['HOME']")
        model.fit(DATA[["a", "b"]], DATA["label"])
        (tmp_path / "model" / "model.pkl").write_bytes(cloudpickle.dumps(model))
        assert reproduce(request, {"PATH": os.environ["PATH"]}).problem == ""
        assert os.environ["SECRET_TOKEN"] == "hunter2"
    finally:
        del os.environ["SECRET_TOKEN"]


def test_a_folder_without_a_model_is_an_answer(tmp_path: Path) -> None:
    found = reproduce(Request(str(tmp_path), "nothing.csv", (), (), ""))
    assert isinstance(found, Reproduction)
    assert found.problem
