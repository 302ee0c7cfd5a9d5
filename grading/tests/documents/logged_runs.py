"""Runs in a real store with their logs: one of two metrics, and one that recorded everything."""

import json
from collections.abc import Callable

import mlflow
import numpy as np
import pandas as pd
from mlflow.data.pandas_dataset import from_pandas

from grading import experiment_log
from grading.documents.experiment_log import PERSONAL
from grading.evidence.open_store import open_store
from grading.evidence.store import Run

TOLD = {name: f"What a person says of the {name}." for name in PERSONAL}
ROWS = 120
RNG = np.random.default_rng(1)
TRUE = RNG.integers(0, 2, ROWS)
SCORE = np.clip(0.5 * TRUE + RNG.normal(0.25, 0.2, ROWS), 0, 1)
PREDICTED = (SCORE >= 0.5).astype(int)
SEX = RNG.choice(["F", "M"], ROWS)
CLASSIFIED = pd.DataFrame({"row": range(ROWS), "y_true": TRUE, "y_pred": PREDICTED, "y_score": SCORE, "sex": SEX})
ACCURACY = float((TRUE == PREDICTED).mean())


def log_of_ridge(tracking: str) -> Callable[..., tuple[str, Run]]:
    """A run with a metric, and its log; both read from a real store."""
    with mlflow.start_run(run_name="ridge") as run:
        mlflow.log_param("alpha", 1)
        mlflow.log_metrics({"test_r2": 0.48641, "test_rmse": 54.4213})

    def read(**personal: str) -> tuple[str, Run]:
        return experiment_log(run.info.run_id, **(personal or TOLD)), open_store(tracking).runs[0]

    return read


def log_of_everything(tracking: str) -> tuple[str, Run]:
    """The log of a run that recorded everything the template has a place for, and the run."""
    with mlflow.start_run(run_name="baseline-majority", tags={"role": "baseline"}):
        mlflow.log_metrics({"test_accuracy": 0.5, "latency_ms": 2, "model_size_bytes": 512})
    with mlflow.start_run(run_name="tree"):
        mlflow.log_metric("accuracy_test", 0.71)
    with mlflow.start_run(run_name="network") as run:
        mlflow.log_params({"learning_rate": 0.01, "dropout": 0.3, "random_state": 42, "optimizer": "adam"})
        mlflow.log_params({"n_train": 400, "test_size": 0.25, "split_strategy": "stratified", "best_dropout": 0.3})
        mlflow.set_tags({"data_version": "1.2.0", "data_sha256": "ab" * 32, "dvc_md5": "cd" * 16, "os": "Linux 6.1"})
        mlflow.set_tags(
            {
                "tuning_method": "TPE",
                "mlflow.note.content": "Learns fast.",
                "cpu_count": 2,
                "related_runs": "the run of May",
                "use_case": "triage",
            }
        )
        mlflow.set_tags({"git_commit": "f" * 40, "git_dirty": False, "python_version": "3.11.7"})
        frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0.0, 1.0]})
        data = from_pandas(frame, source="/data/patients_v1.csv", name="patients", targets="y")
        mlflow.log_input(data, context="training")
        for step in range(1, 51):
            mlflow.log_metrics({"val_loss": 1 / step + 0.001 * step, "train_accuracy": 1 - 1 / (step + 1)}, step=step)
            mlflow.log_metric("temperature", step % 7, step=step)
        mlflow.log_metrics({"test_accuracy": ACCURACY, "latency_ms": 4.5, "system/cpu_utilization_percentage": 31.25})
        mlflow.log_metric("test_patience", 7)
        mlflow.log_text(json.dumps(["Missing values: the median.", "All columns: standardised."]), "preprocessing.json")
        mlflow.log_dict({"dropout": [0.1, 0.5], "learning_rate": {"low": 0.001, "log": True}}, "search_space.json")
        mlflow.log_text(CLASSIFIED.to_csv(index=False), "predictions.csv")
        weights = "name,gain\n" + "\n".join(f"f{n},{(-1) ** n * n}" for n in range(1, 15))
        mlflow.log_text(weights, "feature_importance.csv")
        mlflow.log_text("mlflow==3.17.2\nnumpy==2.4.6\n", "requirements.txt")
        for trial in range(3):
            with mlflow.start_run(run_name=f"trial-{trial}", nested=True):
                mlflow.log_metric("val_loss", 0.3)
    return experiment_log(run.info.run_id, **TOLD), next(r for r in open_store(tracking).runs if r.name == "network")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    return text.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
