"""A registry with good and spoilt versions of one model, and the contract that they are held to."""

import itertools
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.data.pandas_dataset import from_pandas
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.evidence.data_files import DATA, DataFiles
from grading.evidence.open_store import open_store
from grading.evidence.store import ModelVersion
from grading.registry.gate import Ruling, hold
from grading.tests.conftest import Served

NAME = "screening"
GOOD = 3  # the first versions are good
SPOILT = ("boast", "rounded up", "label", "hash", "params", "other model", "failed", "no predictions", "lost",
          "one class")  # fmt: skip
CONTRACT = """name: clinic
parameters: {random_state: {why: "so that it can be repeated"}}
metrics:
  accuracy: {names: [acc], better: higher}
  malignant_detection_rate: {names: [share_of_tumours_found], better: higher}
splits: {test: all}
artifacts: {predictions: {endings: [.csv]}}
tags: {data_sha256: {}}
thresholds: {malignant_detection_rate: ">= 0.8"}
"""
TABLES = (
    "registered_models", "registered_model_tags", "registered_model_aliases", "model_versions", "model_version_tags",
)  # fmt: skip
numbers = itertools.count(1)  # of aliases


@dataclass(frozen=True)
class Clinic:
    """A registry with good and spoilt versions of one model, and a contract."""

    served: Served
    folder: Path
    contract: str
    versions: dict[str, int]  # what is wrong → version
    client: mlflow.MlflowClient
    asked: dict[tuple[int, str], Ruling] = field(default_factory=dict)

    def other(self, name: str, old: str, new: str) -> str:
        """The contract with a change."""
        assert old in CONTRACT
        path = self.folder / f"{name}.yaml"
        path.write_text(CONTRACT.replace(old, new).replace("name: clinic", f"name: {name}"))
        return str(path)

    def ruling(self, wrong: str) -> Ruling:
        return hold(self.contract, f"{NAME}/{self.versions[wrong]}", self.served.sqlite)

    def good(self, number: int, uri: str) -> Ruling:
        """A ruling on one of the good versions that begins now; the evidence does not change, and is asked once."""
        if (number, uri) not in self.asked:
            self.asked[number, uri] = hold(self.contract, f"{NAME}/{number}", uri)
        return replace(self.asked[number, uri], versions=tuple(versions_of(uri)))

    def copy(self, folder: Path) -> str:
        """A store of one's own with the same content."""
        path = folder / "copy.db"
        with (
            closing(sqlite3.connect(self.served.sqlite.removeprefix("sqlite:///"))) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        return f"sqlite:///{path}"


def log_training(wrong: str, C: float, file: Path = DATA / "breast_cancer_v1.csv") -> tuple[str, str]:
    """Run id and model URI of a tracked training with something wrong about it."""
    table = pd.read_csv(file, index_col="row")
    train, test = train_test_split(table, test_size=0.25, random_state=3, stratify=table["malignant"])
    if wrong == "one class":
        test = test[test["malignant"] == 1]
    X, X_test = train.drop(columns="malignant"), test.drop(columns="malignant")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000, random_state=1))
    model.fit(X, train["malignant"])
    true, predicted = test["malignant"].copy(), model.predict(X_test)
    if wrong == "label":
        true.iloc[0] = 1 - true.iloc[0]
    accuracy = accuracy_score(true, predicted) + {"boast": 0.01, "rounded up": 0.0004}.get(wrong, 0)
    params = {name: value for name, value in model.get_params().items() if "__" in name}
    with mlflow.start_run(run_name=f"gate, {wrong}") as run:
        mlflow.log_params(params | ({"logisticregression__C": C + 1} if wrong == "params" else {}))
        mlflow.log_metrics({"test_acc": accuracy, "share_of_tumours_found": recall_score(true, predicted)})
        mlflow.log_input(from_pandas(table, source=str(file), name="tumours"), context="training")
        mlflow.set_tag("data_sha256", "0" * 64 if wrong == "hash" else DataFiles(()).sha256(file))
        if wrong != "no predictions":
            rows = pd.DataFrame({"row": test.index, "y_true": true, "y_pred": predicted})
            mlflow.log_text(rows.to_csv(index=False), "predictions.csv")
        if wrong == "other model":
            model.set_params(logisticregression__C=1e-6).fit(X, train["malignant"])
        saved = mlflow.sklearn.log_model(
            model, name="model", input_example=X.head(2), pip_requirements=["scikit-learn==1.9.1"]
        )
        if wrong == "failed":
            mlflow.end_run("FAILED")
    return run.info.run_id, saved.model_uri


def registry_rows(uri: str) -> str:
    """The registry's tables, row by row."""
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection:
        return "\n".join(
            repr(row) for table in TABLES for row in connection.execute(f"select * from {table} order by rowid")
        )


def versions_of(uri: str) -> list[ModelVersion]:
    return [version for version in open_store(uri).versions if version.name == NAME]


def new_alias() -> str:
    """One that no test had; in the alphabet it comes after those before it."""
    return f"alias-{next(numbers):04}"
