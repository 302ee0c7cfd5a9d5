"""The gate believes nothing it can derive: what is wrong with a version is a clause of its own."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from grading.errors import InputError, PromotionError, StoreError
from grading.evidence.data_files import DATA
from grading.evidence.evidence import REFUSAL
from grading.registry.gate import hold
from grading.registry.promotion import promote
from grading.tests.registry.clinic import NAME, Clinic, log_training, registry_rows

pytestmark = pytest.mark.xdist_group("solved")


def test_a_good_version_meets_the_contract_and_its_evidence_bears_it_out(clinic: Clinic, uri: str) -> None:
    ruling = hold(clinic.contract, f"{NAME}/1", uri)
    assert ruling.met, ruling.unmet
    assert ruling.version is not None
    assert (ruling.version.version, ruling.version.run_id) == (1, ruling.run.id)
    found = {clause.key: clause.found for clause in ruling.clauses if clause.kind == "evidence"}
    assert list(found) == ["version", "metrics", "data", "model", "parameters"]
    assert found["metrics"] == "2 computed again, all equal"
    assert "breast_cancer_v1.csv" in found["data"]


def test_a_refusal_is_noted_on_the_run_and_nothing_of_the_registry_changes(clinic: Clinic, uri: str) -> None:
    before = registry_rows(clinic.served.sqlite)
    ruling = hold(clinic.contract, f"{NAME}/{clinic.versions['boast']}", uri)
    note = json.loads(mlflow.MlflowClient(uri).get_run(ruling.run.id).data.tags[REFUSAL])
    assert (note["contract"], note["missed"]) == (ruling.edition, ["metrics"])
    assert registry_rows(clinic.served.sqlite) == before
    assert REFUSAL not in hold(clinic.contract, f"{NAME}/1", uri).run.tags


def test_a_file_and_a_server_give_the_same_ruling(clinic: Clinic) -> None:
    for wrong in ("1", "boast", "no predictions", "model of another run"):
        target = f"{NAME}/{clinic.versions[wrong]}"
        one, other = (hold(clinic.contract, target, uri).clauses for uri in (clinic.served.sqlite, clinic.served.http))
        assert one == other


@pytest.mark.parametrize(
    ("wrong", "unmet", "said"),
    [
        ("boast", {"metrics"}, r"test_acc = 0\.\d+, from predictions\.csv"),
        ("label", {"data"}, "y_true to be the labels of breast_cancer_v1.csv"),
        ("hash", {"data"}, "sha256"),
        ("params", {"parameters"}, "as in the logged model"),
        ("other model", {"model", "parameters"}, "the logged model to give the y_pred of predictions.csv"),
        ("failed", {"status"}, "FINISHED"),
        ("one class", {"metrics"}, "test rows of two classes or more"),
        ("no predictions", {"predictions", "metrics", "data", "model"}, "predictions.csv in the run"),
        ("model of another run", {"version"}, "to be made from a model that its run logged"),
        ("path", {"version"}, "to be made from a model that its run logged"),
        ("copy", set(), ""),
        ("rounded up", set(), ""),
    ],
)
def test_what_is_wrong_is_a_clause_of_its_own(clinic: Clinic, wrong: str, unmet: set[str], said: str) -> None:
    ruling = clinic.ruling(wrong)
    assert {clause.key for clause in ruling.unmet} == unmet
    if unmet:
        assert any(re.search(said, clause.expected) for clause in ruling.unmet)
        with pytest.raises(PromotionError, match=f"{NAME}/{clinic.versions[wrong]} misses clinic: expected "):
            promote(ruling, "champion", clinic.served.sqlite)


def test_a_limit_is_held_to_what_the_predictions_give_and_not_to_the_rounded_number(clinic: Clinic) -> None:
    logged = clinic.ruling("rounded up").run.metrics["test_acc"]
    limit = f'{{accuracy: ">= {logged - 0.0002:.4f}"}}'
    contract = clinic.other("exact", '{malignant_detection_rate: ">= 0.8"}', limit)
    ruling = hold(contract, f"{NAME}/{clinic.versions['rounded up']}", clinic.served.sqlite)
    assert [(clause.kind, clause.key) for clause in ruling.unmet] == [("threshold", "accuracy")]


def test_a_metric_that_nobody_logged_is_a_clause(clinic: Clinic) -> None:
    contract = clinic.other("wants_f1", "metrics:\n", "metrics:\n  f1: {better: higher}\n")
    unmet = {clause.kind: clause.expected for clause in hold(contract, f"{NAME}/1", clinic.served.sqlite).unmet}
    assert unmet["metric"] == "a metric `test_f1`"
    assert "test_f1" in unmet["evidence"]


def test_a_metric_without_a_definition_is_said_to_be_believed(clinic: Clinic) -> None:
    contract = clinic.other("quick", "metrics:\n", "metrics:\n  latency_ms: {better: lower, required: false}\n")
    (clause,) = (c for c in hold(contract, f"{NAME}/1", clinic.served.sqlite).clauses if c.key == "metrics")
    assert clause.found == "2 computed again, all equal; latency_ms as logged"


def test_a_run_is_held_by_the_beginning_of_its_id(clinic: Clinic) -> None:
    run = clinic.ruling("1").run
    ruling = hold(clinic.contract, run.id[:12], clinic.served.sqlite)
    assert (ruling.met, ruling.version, ruling.run.id) == (True, None, run.id)
    with pytest.raises(InputError, match="expected a registered version"):
        promote(ruling, "champion", clinic.served.sqlite)


@pytest.mark.parametrize("target", [f"{NAME}/999", f"{NAME}/x", "nobody/1", "ffff", "", "/"])
def test_what_is_not_there_is_a_sentence(clinic: Clinic, uri: str, target: str) -> None:
    with pytest.raises(StoreError, match="expected"):
        hold(clinic.contract, target, uri)


@pytest.mark.parametrize("wrong", ["deleted", "gone"])
def test_a_version_whose_run_was_deleted_is_a_sentence(clinic: Clinic, uri: str, wrong: str) -> None:
    with pytest.raises(StoreError, match=r"expected .*deleted"):
        hold(clinic.contract, f"{NAME}/{clinic.versions[wrong]}", uri)


def test_data_of_ones_own_are_found_in_the_current_folder_or_where_one_says(
    clinic: Clinic, tmp_path: Path, tracking: str
) -> None:
    file = tmp_path / "made" / "own.csv"
    file.parent.mkdir()
    file.write_bytes((DATA / "breast_cancer_v1.csv").read_bytes())
    run_id, _ = log_training("", 1, file)
    assert hold(clinic.contract, run_id, tracking).met
    moved = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    file.parent.rename(moved)
    unmet = {clause.key: clause for clause in hold(clinic.contract, run_id, tracking).unmet}
    assert "--data FOLDER" in unmet["data"].hint
    assert hold(clinic.contract, run_id, tracking, data=[moved]).met
    with pytest.raises(InputError, match="expected a folder with data"):
        hold(clinic.contract, run_id, tracking, data=[tmp_path / "nowhere"])


def test_a_store_of_an_older_mlflow_is_a_sentence_and_stays_as_it_is(clinic: Clinic, tmp_path: Path) -> None:
    uri = clinic.copy(tmp_path)
    ruling = hold(clinic.contract, f"{NAME}/1", uri)
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("update alembic_version set version_num = '728d730b5ebd'")
    registry = registry_rows(uri)
    with pytest.raises(PromotionError, match=r"expected the registry at .*database schema"):
        promote(ruling, "champion", uri)
    assert registry_rows(uri) == registry
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("drop table logged_models")
    with pytest.raises(StoreError, match="Made by an older MLflow"):
        hold(clinic.contract, f"{NAME}/1", uri)


def test_files_that_a_server_cannot_give_are_a_clause(clinic: Clinic, tmp_path: Path) -> None:
    run_id = clinic.ruling("lost").run.id
    folder = Path(clinic.client.get_run(run_id).info.artifact_uri)
    (folder / "predictions.csv").unlink()
    (folder / "predictions.csv").mkdir()
    unmet = {clause.key for clause in hold(clinic.contract, run_id, clinic.served.http).unmet}
    assert {"metrics", "data", "model"} <= unmet


def test_a_path_outside_that_only_the_run_names_proves_nothing(clinic: Clinic, tmp_path: Path, tracking: str) -> None:
    file = tmp_path.parent / f"{tmp_path.name}-forged.csv"
    pd.read_csv(DATA / "breast_cancer_v1.csv").to_csv(file, index=False)
    run_id, _ = log_training("", 1, file)
    assert "data" in {clause.key for clause in hold(clinic.contract, run_id, tracking).unmet}


def test_a_copied_version_is_judged_by_its_own_files_and_not_by_the_name_it_came_from(
    clinic: Clinic, tracking: str
) -> None:
    run_id, good = log_training("", 1)
    table = pd.read_csv(DATA / "breast_cancer_v1.csv", index_col="row")
    X = table.drop(columns="malignant")
    with mlflow.start_run(run_id=run_id):
        worse = LogisticRegression(C=1e-6).fit(X, table["malignant"])
        bad = mlflow.sklearn.log_model(worse, name="bad", input_example=X.head(2), pip_requirements=["scikit-learn"])
    client = mlflow.MlflowClient()
    mlflow.register_model(bad.model_uri, "stage")
    client.copy_model_version("models:/stage/1", "prod")
    client.delete_registered_model("stage")
    mlflow.register_model(good, "stage")
    assert hold(clinic.contract, "stage/1", tracking).met
    assert "model" in {clause.key for clause in hold(clinic.contract, "prod/1", tracking).unmet}
