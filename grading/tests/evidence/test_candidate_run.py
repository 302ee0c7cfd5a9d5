"""What is a candidate, or holds some, is no main run, whatever metrics it has."""

from collections.abc import Callable, Mapping

import mlflow
import pytest

from grading.evidence.evidence import Evidence
from grading.evidence.predictions import predictions_path

Read = Callable[[], Evidence]
PREDICTIONS = "row,y_true,y_pred\n1,2,3\n"
HELD_OUT = "split,row,y_true,y_pred\n0,1,2,3\n"


def log(name: str, files: Mapping[str, str] = {}, tags: Mapping[str, str] = {}, children: int = 0) -> None:
    with mlflow.start_run(run_name=name, tags=dict(tags)):
        mlflow.log_metric("test_rmse", 57.0)
        for path, text in files.items():
            mlflow.log_text(text, path)
        for _ in range(children):
            with mlflow.start_run(nested=True):
                mlflow.log_metric("cv_rmse", 50.0)


def names(evidence: Evidence) -> list[str]:
    return [run.name for run in evidence.main_runs]


@pytest.mark.parametrize(
    "how",
    [
        {"tags": {"stage": "candidate"}},
        {"tags": {"Stage": "Candidate"}, "files": {"predictions.csv": PREDICTIONS, "oof.csv": HELD_OUT}},
        {"files": {"out_of_fold.csv": HELD_OUT}},
        {"files": {"oof_predictions.csv": HELD_OUT}},
        {"children": 2},
    ],
    ids=["by its tag", "by its tag, with predictions", "by its rows", "by another name", "a search"],
)
def test_a_candidate_with_a_test_metric_is_no_main_run(evidence: Read, how: dict[str, Mapping[str, str]]) -> None:
    log("candidate", **how)  # type: ignore[arg-type]
    log("final", {"predictions.csv": PREDICTIONS})
    assert names(evidence()) == ["final"]


@pytest.mark.parametrize(
    "how",
    [{}, {"tags": {"stage": "final"}}, {"tags": {"stage": "candidate"}, "files": {"predictions.csv": PREDICTIONS}},
     {"children": 5, "files": {"predictions.csv": PREDICTIONS}}, {"files": {"held_out_preds.csv": PREDICTIONS}}],
)  # fmt: skip
def test_a_run_that_was_meant_to_be_final_is_a_main_run(evidence: Read, how: dict[str, Mapping[str, str]]) -> None:
    log("ours", **how)  # type: ignore[arg-type]
    log("final", {"predictions.csv": PREDICTIONS})
    assert names(evidence()) == ["ours", "final"]


def test_where_there_is_nothing_else_a_candidate_is_looked_at(evidence: Read) -> None:
    log("only", children=2)
    assert names(evidence()) == ["only"]


def test_rows_held_out_split_by_split_are_no_predictions_and_rows_held_out_once_are(evidence: Read) -> None:
    log("a", {"out_of_fold_predictions.csv": HELD_OUT})
    log("b", {"held_out_predictions.csv": PREDICTIONS})
    assert [predictions_path(run) for run in evidence().runs] == [None, "held_out_predictions.csv"]
