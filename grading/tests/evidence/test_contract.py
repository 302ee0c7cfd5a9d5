from pathlib import Path

import mlflow
import pytest

from grading.errors import ContractError
from grading.evidence.contract import FOLDER, clauses, load_contract
from grading.evidence.open_store import open_store


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_each_of_our_contracts_can_be_read(name: str) -> None:
    assert load_contract(name).name == name


def test_a_contract_has_what_it_extends() -> None:
    triage = load_contract("healthcare_triage")
    assert "random_state" in triage.parameters
    assert "confusion_matrix" in triage.artifacts
    assert triage.thresholds["malignant_detection_rate"] == ">= 0.97"
    assert triage.metrics["false_alarm_rate"].required
    assert not load_contract("classification").metrics["false_alarm_rate"].required


def test_a_contract_in_another_folder_may_not_bear_the_name_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "healthcare_triage.yaml"
    path.write_text("name: healthcare_triage")
    with pytest.raises(ContractError, match="expected a name that is not one of ours"):
        load_contract(str(path))


def test_a_contract_in_another_folder_may_extend_ours(tmp_path: Path) -> None:
    path = tmp_path / "stricter.yaml"
    path.write_text('name: stricter\nextends: healthcare_triage\nthresholds: {accuracy: ">= 0.99"}')
    stricter = load_contract(str(path))
    assert stricter.thresholds["accuracy"] == ">= 0.99"
    assert stricter.thresholds["roc_auc"] == ">= 0.99"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: a\nmetrics: {rmse: {better: smaller}}",
            r"a\.yaml: key 'metrics\.rmse\.better': .*'higher' or 'lower'.*'smaller'",
        ),
        ("name: a\nmetrics: {rmse: {}}", r"key 'metrics\.rmse\.better': Field required"),
        ("name: a\nmetircs: {}", r"key 'metircs': Extra inputs"),
        ("title: no name", r"key 'name': Field required"),
        ("name: a\nmetrics: {r: {better: higher}}\nthresholds: {r: 0.97}", r"key 'thresholds\.r'"),
        ("name: a\nmetrics: {r: {better: higher}}\nthresholds: {r: 'about 1'}", r">= 0\.97.*'about 1'"),
        ("name: a\nthresholds: {speed: '> 1'}", r"key 'thresholds\.speed': expected one of"),
        ("name: a\nextends: nobody", r"expected a contract at .*nobody\.yaml; found no file"),
        ("name: a\nextends: a", r"key 'extends': expected no circle"),
        ("- a\n- list", r"expected keys such as 'name'.*found list"),
        ("name: [unclosed", r"expected YAML"),
        ("", r"found NoneType"),
    ],
)
def test_a_wrong_contract_names_file_key_and_what_was_expected(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(ContractError, match=message):
        load_contract(str(path))


def test_a_run_meets_and_misses_clauses(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_param("ridge__random_state", 1)
        mlflow.log_metrics({"rmse_test": 50, "test_mae": 40, "training_rmse": 48})
        mlflow.log_text("row,y_true,y_pred\n", "my_predictions.csv")
        mlflow.set_tag("commit", "abc")
    found = {f"{c.kind}.{c.key}": c.met for c in clauses(load_contract("regression"), open_store(tracking).runs[0])}
    assert run.info.run_id == open_store(tracking).runs[0].id
    assert found == {
        "status.status": True,
        "parameter.random_state": True,
        "metric.test_rmse": True,
        "metric.test_mae": True,
        "metric.test_r2": False,
        "metric.train": True,
        "metric.cv": False,
        "artifact.predictions": True,
        "artifact.residuals": False,
        "artifact.feature_importance": False,
        "tag.data_sha256": False,
        "tag.git_commit": True,
        "tag.git_dirty": False,
    }


def test_more_than_two_classes_are_not_asked_for_a_roc_curve(tracking: str) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_accuracy", 1)
    run = open_store(tracking).runs[0]
    keys = {clause.key for clause in clauses(load_contract("classification"), run, binary=False)}
    assert not keys & {"roc_curve", "precision_recall_curve", "test_roc_auc"}


def test_a_threshold_on_a_metric_that_nobody_logged_is_missed(tracking: str) -> None:
    with mlflow.start_run():
        mlflow.log_metrics(
            {"test_accuracy": 0.96, "malignant_detection_rate": 0.96, "malignant_detection_rate_at_0.1": 0.99}
        )
    found = {
        c.key: c
        for c in clauses(load_contract("healthcare_triage"), open_store(tracking).runs[0])
        if c.kind == "threshold"
    }
    assert found["accuracy"].met
    assert not found["malignant_detection_rate"].met
    assert found["malignant_detection_rate"].found == "0.96"
    assert found["roc_auc"].found == "not logged"
