"""Which runs are the student's, and what is said when there are none."""

from collections.abc import Callable

import mlflow
import pandas as pd
import pytest

from grading.errors import NotAttempted, Unmet
from grading.evidence.data_files import DATA
from grading.evidence.evidence import Evidence

Read = Callable[[], Evidence]


def found(evidence: Evidence) -> str:
    """What is said when the student's runs are asked for, and there are none."""
    with pytest.raises(NotAttempted) as raised:
        _ = evidence.started_runs
    return str(raised.value)


def log(name: str, file: str, label: str, rows: int = 5) -> str:
    """A run with a data file and predictions of its labels; its id."""
    table = pd.read_csv(DATA / file).head(rows)
    answers = pd.DataFrame({"row": table["row"], "y_true": table[label], "y_pred": table[label]})
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_text(answers.to_csv(index=False), "predictions.csv")
        mlflow.log_input(mlflow.data.from_pandas(table, source=str(DATA / file), name=file[:8]), context="training")
    return str(run.info.run_id)


def test_the_rows_that_a_run_learned_from_come_before_those_it_was_tested_on(tracking: str, evidence: Read) -> None:
    table = pd.read_csv(DATA / "diabetes_v1.csv")
    with mlflow.start_run(run_name="both"):
        for context, rows in (("testing", table.head(5)), ("training", table.tail(9))):
            dataset = mlflow.data.from_pandas(rows, source=str(DATA / "diabetes_v1.csv"), name=f"diabetes_{context}")
            mlflow.log_input(dataset, context=context)
    read = evidence()
    assert read.dataset(read.started_runs[0]).rows == 9


def test_nothing_yet_is_said(tracking: str, evidence: Read) -> None:
    assert "none yet" in found(evidence())


def test_a_deleted_run_is_said_with_how_to_bring_it_back(tracking: str, evidence: Read) -> None:
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)
    assert "1 runs, all deleted" in found(evidence())


def test_a_deleted_experiment_is_named(tracking: str, evidence: Read) -> None:
    experiment = mlflow.set_experiment("forecasts of mine")
    with mlflow.start_run():
        pass
    mlflow.delete_experiment(experiment.experiment_id)
    assert "the experiment 'forecasts of mine' was deleted" in found(evidence())


def test_a_run_on_the_learn_data_is_left_out_and_its_experiment_is_not(tracking: str, evidence: Read) -> None:
    log("mine", "diabetes_v1.csv", "progression")
    log("a look back", "breast_cancer_v1.csv", "malignant")
    assert [run.name for run in evidence().started_runs] == ["mine"]


def test_an_experiment_on_the_learn_data_alone_is_the_lessons_whatever_its_name(tracking: str, evidence: Read) -> None:
    log("renamed", "breast_cancer_v1.csv", "malignant")
    with mlflow.start_run(run_name="beside it"):
        mlflow.log_metric("rmse", 1)
    assert "none yet" in found(evidence())


def test_a_run_that_autologging_started_by_itself_is_no_main_run(tracking: str, evidence: Read) -> None:
    with mlflow.start_run(tags={"mlflow.autologging": "sklearn"}):
        mlflow.log_metric("test_rmse", 50)
    with pytest.raises(Unmet):
        _ = evidence().main_run


def test_a_value_logged_twice_is_no_curve(tracking: str, evidence: Read) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_rmse", 54)
        mlflow.log_metric("test_rmse", 55)
    read = evidence()
    assert read.curve(read.runs[0], "test_rmse") == {0: 55}


def test_a_run_of_the_student_that_went_to_the_learn_experiment_is_not_the_lessons(
    tracking: str, evidence: Read
) -> None:
    mlflow.set_experiment(evidence().worked_experiment)
    log("theirs", "breast_cancer_v1.csv", "malignant")
    log("mine, gone astray", "diabetes_v1.csv", "progression")
    assert [run.name for run in evidence().lesson_runs] == ["theirs"]


def test_a_forgotten_set_experiment_is_said(tracking: str, evidence: Read) -> None:
    mlflow.set_experiment(evidence().worked_experiment)
    log("mine, gone astray", "diabetes_v1.csv", "progression")
    assert "the run 'mine, gone astray' is not on the lesson's data, and lies in" in found(evidence())
