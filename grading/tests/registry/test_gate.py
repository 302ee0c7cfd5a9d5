"""The gate believes nothing it can derive, and an alias moves only through it: on a file and on a server alike."""

import json
import os
import re
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from mlflow.data.pandas_dataset import from_pandas
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.commands.cli import main
from grading.errors import GradingError, InputError, PromotionError, StoreError
from grading.evidence.data_files import DATA, DataFiles
from grading.evidence.open_store import open_store
from grading.evidence.store import ModelVersion
from grading.registry import promotion_lock
from grading.registry.gate import Ruling, hold
from grading.registry.promotion import (
    Event,
    before,
    give_back,
    history,
    holder_before,
    holder_by_history,
    holder_of,
    promote,
    rollback,
    strays,
)
from grading.registry.promotion_lock import PromotionLock
from grading.running.kernels.confinement import strength
from grading.tests.conftest import Served

pytestmark = pytest.mark.xdist_group("solved")

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
        return replace(self.asked[number, uri], versions=tuple(_versions(uri)))

    def copy(self, folder: Path) -> str:
        """A store of one's own with the same content."""
        path = folder / "copy.db"
        with (
            closing(sqlite3.connect(self.served.sqlite.removeprefix("sqlite:///"))) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        return f"sqlite:///{path}"


def _log(wrong: str, C: float, file: Path = DATA / "breast_cancer_v1.csv") -> tuple[str, str]:
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


@pytest.fixture(scope="module")
def clinic(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    folder = tmp_path_factory.mktemp("clinic")
    (folder / "clinic.yaml").write_text(CONTRACT)
    mlflow.set_tracking_uri(served.sqlite)
    client = mlflow.MlflowClient(served.sqlite, served.sqlite)
    mlflow.set_experiment(experiment_id=client.create_experiment("gate", str(folder / "artifacts")))
    client.create_registered_model(NAME)
    versions = {}

    def register(wrong: str, run_id: str, source: str) -> None:
        made = client.create_model_version(NAME, source, run_id)
        versions[wrong] = int(made.version)

    made = {wrong: _log(wrong, 1 / n) for n, wrong in enumerate([*"123", *SPOILT], start=1)}
    for wrong, (run_id, source) in made.items():
        register(wrong, run_id, source)
    register("model of another run", made["1"][0], made["2"][1])
    register("path", made["1"][0], f"runs:/{made['1'][0]}/nothing")
    register("copy", made["1"][0], f"models:/{NAME}/1")
    for wrong in ("deleted", "gone"):
        register(wrong, *_log(wrong, 1))
        client.delete_run(client.get_model_version(NAME, str(versions[wrong])).run_id or "")
    with closing(sqlite3.connect(served.sqlite.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("pragma foreign_keys = off")
        connection.execute("delete from runs where name = 'gate, gone'")  # what `mlflow gc` does
    mlflow.set_tracking_uri("")
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
    return Clinic(served, folder, str(folder / "clinic.yaml"), versions, client)


def _registry(uri: str) -> str:
    """The registry's tables, row by row."""
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection:
        return "\n".join(
            repr(row) for table in TABLES for row in connection.execute(f"select * from {table} order by rowid")
        )


@pytest.fixture(params=["sqlite", "http"])
def uri(request: pytest.FixtureRequest, served: Served) -> str:
    return str(getattr(served, request.param))


@pytest.fixture
def command(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """`grading gate …` in this process: the exit code and what was printed."""

    def run(*arguments: str, contract: str = "", store: str = "") -> tuple[int, str]:
        chosen = ["gate", contract or clinic.contract, *arguments, "--store", store or clinic.served.sqlite]
        monkeypatch.setattr(sys, "argv", ["grading", *chosen])
        with pytest.raises(SystemExit) as done:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return int(done.value.code or 0), printed.out + printed.err

    return run


def test_a_good_version_meets_the_contract_and_its_evidence_bears_it_out(clinic: Clinic, uri: str) -> None:
    ruling = hold(clinic.contract, f"{NAME}/1", uri)
    assert ruling.met, ruling.unmet
    assert ruling.version is not None
    assert (ruling.version.version, ruling.version.run_id) == (1, ruling.run.id)
    found = {clause.key: clause.found for clause in ruling.clauses if clause.kind == "evidence"}
    assert list(found) == ["version", "metrics", "data", "model", "parameters"]
    assert found["metrics"] == "2 computed again, all equal"
    assert "breast_cancer_v1.csv" in found["data"]


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
    run_id, _ = _log("", 1, file)
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
    registry = _registry(uri)
    with pytest.raises(PromotionError, match=r"expected the registry at .*database schema"):
        promote(ruling, "champion", uri)
    assert _registry(uri) == registry
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
    run_id, _ = _log("", 1, file)
    assert "data" in {clause.key for clause in hold(clinic.contract, run_id, tracking).unmet}


def test_a_copied_version_is_judged_by_its_own_files_and_not_by_the_name_it_came_from(
    clinic: Clinic, tracking: str
) -> None:
    run_id, good = _log("", 1)
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


def test_a_version_that_is_worse_than_the_holder_is_promoted_with_a_note(clinic: Clinic, tracking: str) -> None:
    contract = clinic.other("easy", ">= 0.8", ">= 0.1")
    for inverse in (1, 0.0005):
        mlflow.register_model(_log("", inverse)[1], "screening")
    better = promote(hold(contract, "screening/1", tracking), "champion", tracking)
    worse = promote(hold(contract, "screening/2", tracking), "champion", tracking)
    assert better.notes == ()
    assert re.fullmatch(r"screening/1 has malignant_detection_rate 0\.\d+, this one 0\.\d+", " ".join(worse.notes))


def test_a_promotion_sets_the_alias_and_writes_its_history(
    clinic: Clinic, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = _new_alias()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    first = promote(hold(clinic.contract, f"{NAME}/1", uri), alias, uri, why="fewer misses: “97 %”")
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    second = promote(hold(clinic.contract, f"{NAME}/2", uri), alias, uri)
    assert str(first) == f"{NAME}/1 is {alias} now; before: nobody"
    assert str(second) == f"{NAME}/2 is {alias} now; before: {NAME}/1"
    versions = _versions(uri)
    assert history(versions, NAME, alias) == (first, second)
    assert holder_of(versions, alias) == holder_by_history((first, second)) == 2
    text = next(version for version in versions if version.version == 1).tags[f"gate.{alias}.0001"]
    assert json.loads(text) == {
        "action": "promoted", "by": "ada", "at": first.at, "contract": first.contract, "run": first.run,
        "previous": None, "why": "fewer misses: “97 %”",
    }  # fmt: skip
    assert re.fullmatch(r"clinic, sha256 [0-9a-f]{12}", first.contract)  # a file may change: its hash is kept
    assert datetime.fromisoformat(first.at).utcoffset() == timedelta(0)
    assert second.by not in ("", "ada")
    with pytest.raises(PromotionError, match="already"):
        promote(clinic.good(2, uri), alias, uri)
    assert [model.name for model in clinic.client.search_registered_models()] == [NAME]  # no lock is left


def test_two_rollbacks_go_two_steps_back_and_a_third_has_nowhere_to_go(clinic: Clinic, uri: str) -> None:
    alias = _new_alias()
    for number in range(1, GOOD + 1):
        promote(clinic.good(number, uri), alias, uri)
    said = [str(rollback(clinic.contract, name, alias, uri)) for name in (NAME, f"{NAME}/2")]
    assert said == [
        f"{NAME}/2 is {alias} again; before: {NAME}/3",
        f"{NAME}/1 is {alias} again; before: {NAME}/2",
    ]
    with pytest.raises(PromotionError, match=f"nothing to give {alias} back to"):
        rollback(clinic.contract, NAME, alias, uri)
    promote(clinic.good(3, uri), alias, uri)
    assert before(NAME, alias, uri) == f"{NAME}/1"  # 2 was given back
    with pytest.raises(PromotionError, match=f"{alias} is {NAME}/3, not {NAME}/2"):
        rollback(clinic.contract, f"{NAME}/2", alias, uri)
    assert [event.number for event in history(_versions(uri), NAME, alias)] == [1, 2, 3, 4, 5, 6]
    assert holder_of(_versions(uri), alias) == holder_by_history(history(_versions(uri), NAME, alias)) == 3


def test_a_rollback_holds_the_earlier_version_to_the_contract_too(clinic: Clinic) -> None:
    alias, uri = _new_alias(), clinic.served.sqlite
    for number in (1, 2):
        promote(clinic.good(number, uri), alias, uri)
    strict = clinic.other("strict", '">= 0.8"', '">= 1.1"')
    registry = _registry(uri)
    with pytest.raises(PromotionError, match=f"{NAME}/1 misses strict: expected malignant_detection_rate >= 1.1"):
        rollback(strict, NAME, alias, uri)
    assert _registry(uri) == registry
    assert rollback(clinic.contract, NAME, alias, uri).version == 1


def test_an_alias_moved_by_hand_is_noticed_and_the_way_back_is_what_really_was(clinic: Clinic, uri: str) -> None:
    alias, client = _new_alias(), clinic.client
    promote(clinic.good(1, uri), alias, uri)
    client.set_registered_model_alias(NAME, alias, "3")
    assert strays(_versions(uri), NAME)[-1].startswith(f"{alias} is {NAME}/3, the history says {NAME}/1")
    assert before(NAME, alias, uri) == f"{NAME}/1"
    event = promote(clinic.good(2, uri), alias, uri)
    assert event.previous == 3
    assert event.notes == (f"{alias} is {NAME}/3, the history says {NAME}/1: moved outside the gate",)
    assert before(NAME, alias, uri) == f"{NAME}/3"
    client.delete_registered_model_alias(NAME, alias)
    assert before(NAME, alias, uri) == f"{NAME}/2"
    assert rollback(clinic.contract, NAME, alias, uri).version == 2


def test_a_refusal_leaves_the_registry_as_it_was(clinic: Clinic, command: Callable[..., tuple[int, str]]) -> None:
    registry = _registry(clinic.served.sqlite)
    code, printed = command(f"{NAME}/{clinic.versions['boast']}", "--promote", "champion")
    assert code == 1
    assert "✗ test_acc = 0." in printed
    assert "refused: champion stays where it is" in printed
    stale = replace(clinic.good(1, clinic.served.sqlite), versions=())
    promote(clinic.good(2, clinic.served.sqlite), alias := _new_alias(), clinic.served.sqlite)
    registry = _registry(clinic.served.sqlite)
    with pytest.raises(PromotionError, match=f"somebody was quicker: {alias} is {NAME}/2 now and was nobody"):
        promote(stale, alias, clinic.served.sqlite)
    for wrong in ("latest", "v1", "a b", "a.b", "ä", ""):
        with pytest.raises(InputError, match="expected an alias"):
            promote(clinic.good(1, clinic.served.sqlite), wrong, clinic.served.sqlite)
    assert _registry(clinic.served.sqlite) == registry


def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(clinic: Clinic, uri: str) -> None:
    rulings = [clinic.good(number, uri) for number in (1, 2)]
    for _ in range(5):
        alias, start, told = _new_alias(), threading.Barrier(2), list[Event | PromotionError]()

        def move(ruling: Ruling, alias: str = alias, start: Any = start, told: list[Any] = told) -> None:
            start.wait()
            try:
                told.append(promote(ruling, alias, uri))
            except PromotionError as error:
                told.append(error)

        threads = [threading.Thread(target=move, args=(ruling,)) for ruling in rulings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (won,) = (each for each in told if isinstance(each, Event))
        (lost,) = (each for each in told if isinstance(each, PromotionError))
        assert f"{alias} is {NAME}/{won.version} now and was nobody" in str(lost)
        assert holder_of(_versions(uri), alias) == won.version
        assert history(_versions(uri), NAME, alias) == (won,)


def test_a_lock_left_behind_is_taken_over_and_that_is_said(clinic: Clinic, uri: str) -> None:
    client = clinic.client
    since = (datetime.now(UTC) - timedelta(seconds=61)).isoformat()
    client.create_registered_model(f"{NAME}{promotion_lock.SUFFIX}", tags={"by": "bob", "since": since})
    event = promote(clinic.good(1, uri), _new_alias(), uri)
    assert event.notes == (f"took over the lock that bob left behind at {since}",)


def test_a_promotion_under_way_is_waited_for_and_then_said(
    clinic: Clinic, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruling, alias, client = clinic.good(1, uri), _new_alias(), clinic.client
    monkeypatch.setattr(promotion_lock, "PATIENCE", 0)
    with (
        PromotionLock(client, NAME, "bob"),
        pytest.raises(PromotionError, match="bob is moving an alias of this model"),
    ):
        promote(ruling, alias, uri)
    assert promote(ruling, alias, uri).version == 1


def test_whoever_lost_the_lock_writes_nothing(clinic: Clinic) -> None:
    client = clinic.client
    with PromotionLock(client, NAME, "slow") as slow:
        client.delete_registered_model(slow.name)
        with PromotionLock(client, NAME, "quick") as quick:
            quick.confirm()
            with pytest.raises(PromotionError, match="quick went ahead"):
                slow.confirm()
            slow.__exit__(None, None, None)
            quick.confirm()  # the slow one did not take it along


def test_a_model_that_is_no_lock_is_never_deleted(clinic: Clinic) -> None:
    client = clinic.client
    client.create_registered_model(name := f"{NAME}{promotion_lock.SUFFIX}", description="a model of ours")
    try:
        with pytest.raises(PromotionError, match=f"expected no model named {name}"):
            promote(clinic.good(1, clinic.served.sqlite), _new_alias(), clinic.served.sqlite)
        assert client.get_registered_model(name).description == "a model of ours"
    finally:
        client.delete_registered_model(name)


def test_an_alias_that_cannot_be_set_leaves_no_record(clinic: Clinic, tmp_path: Path) -> None:
    uri = clinic.copy(tmp_path)
    ruling = clinic.good(1, uri)
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(
            "create trigger no before insert on registered_model_aliases begin select raise(abort, 'full'); end"
        )
    registry = _registry(uri)
    with pytest.raises(PromotionError, match=r"expected the registry at .* to take the change"):
        promote(ruling, "champion", uri)
    assert _registry(uri) == registry


RECORD = {"action": "promoted", "by": "a", "at": "t", "contract": "c", "run": "r", "previous": None, "why": ""}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gate.champion.0002", "{"),
        ("gate.champion.0002", "[1]"),
        ("gate.champion.0002", "[" * 100_000),
        ("gate.champion.0002", "null"),
        ("gate.champion.0002", json.dumps(RECORD | {"action": "stolen"})),
        ("gate.champion.0002", json.dumps(RECORD | {"previous": "two"})),
        ("gate.champion.0002", json.dumps(RECORD | {"by": {"a": 1}})),
        ("gate.champion.0002", json.dumps({"action": "promoted"})),
        ("gate.champion.x", json.dumps(RECORD)),
        ("gate.champion.99999999999999999999", json.dumps(RECORD)),
        ("gate.champion", json.dumps(RECORD)),
        ("gate.other.0002", json.dumps(RECORD)),
        ("gate.", ""),
    ],
)
def test_a_tag_that_the_gate_did_not_write_is_no_event(key: str, value: str) -> None:
    tags = {"gate.champion.0001": json.dumps(RECORD | {"extra": 1}), key: value}
    versions = (ModelVersion("m", 7, "r", "s", ("champion",), tags), ModelVersion("n", 1, "r", "s", (), tags))
    (event,) = history(versions, "m", "champion")
    assert (event.version, event.number, event.run) == (7, 1, "r")


def test_a_malformed_record_is_not_overwritten(clinic: Clinic) -> None:
    alias, uri = _new_alias(), clinic.served.sqlite
    clinic.client.set_model_version_tag(NAME, "1", f"gate.{alias}.0007", "mine")
    assert promote(clinic.good(1, uri), alias, uri).number == 8


def test_a_version_that_was_deleted_is_passed_over_on_the_way_back() -> None:
    def version(number: int, previous: int | None, *aliases: str) -> ModelVersion:
        tags = {f"gate.champion.{number:04}": json.dumps(RECORD | {"previous": previous})}
        return ModelVersion("m", number, "r", "s", aliases, tags)

    there = [version(1, None), version(2, 1), version(3, 2, "champion")]
    assert holder_before(there, "m", "champion") == 2
    assert holder_before([there[0], there[2]], "m", "champion") == 1
    assert holder_before(there[2:], "m", "champion") is None


def test_the_command_line_promotes_and_rolls_back(
    clinic: Clinic, command: Callable[..., tuple[int, str]], uri: str
) -> None:
    alias = _new_alias()
    code, printed = command(f"{NAME}/1", "--promote", alias, "--why", "first", store=uri)
    assert code == 0
    assert printed.splitlines()[-1] == f"{NAME}/1 is {alias} now; before: nobody"
    assert "✓ test metrics that predictions.csv gives found 2 computed again, all equal" in printed
    assert command(f"{NAME}/2", "--promote", alias, store=uri)[0] == 0
    code, printed = command(NAME, "--rollback", alias, store=uri)
    assert code == 0
    assert printed.splitlines()[-1] == f"{NAME}/1 is {alias} again; before: {NAME}/2"
    code, printed = command(NAME, "--rollback", alias, store=uri)
    assert code == 1
    assert "nothing to give" in printed
    assert history(_versions(uri), NAME, alias)[0].why == "first"


def test_the_command_line_says_what_is_missed_and_what_was_moved_by_hand(
    clinic: Clinic, command: Callable[..., tuple[int, str]]
) -> None:
    alias = _new_alias()
    promote(clinic.good(1, clinic.served.sqlite), alias, clinic.served.sqlite)
    clinic.client.set_registered_model_alias(NAME, alias, "2")
    code, printed = command(f"{NAME}/{clinic.versions['no predictions']}")
    assert code == 1
    assert "✗ predictions.csv in the run" in printed
    assert "misses 4 of 12 clauses of clinic" in printed
    assert f"! {alias} is {NAME}/2, the history says {NAME}/1: moved outside the gate" in printed


@pytest.mark.skipif(not strength().enough, reason=f"nothing to confine with: {strength().missing}")
def test_a_model_held_on_the_command_line_runs_confined(
    clinic: Clinic, command: Callable[..., tuple[int, str]], tmp_path: Path, tracking: str
) -> None:
    run_id, _ = _log("", 1)
    taken, code = tmp_path / "taken", tmp_path / "code.py"
    code.write_text(
        f"import mlflow\nopen({str(taken)!r}, 'w').close()\n"
        "class Model(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input: list[str], params=None) -> list[str]:\n"
        "        return model_input\n"
        "mlflow.models.set_model(Model())\n"
    )
    with mlflow.start_run(run_id=run_id):
        strange = mlflow.pyfunc.log_model(python_model=str(code), name="strange", pip_requirements=["mlflow"])
    mlflow.register_model(strange.model_uri, "strange")
    taken.unlink()
    assert not hold(clinic.contract, "strange/1", tracking).met
    assert taken.exists()  # what an ordinary process lets it do
    taken.unlink()
    exit_code, _ = command("strange/1", store=tracking)
    assert exit_code == 1
    assert not taken.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((f"{NAME}/1", "--promote", "a", "--rollback", "a"), "found both"),
        (("0123abc", "--promote", "champion"), "expected a registered version such as screening/3"),
        ((f"{NAME}/1", "--promote", "latest"), "expected an alias"),
        ((f"{NAME}/1", "--why", "because"), "with --why"),
        ((f"{NAME}/1", "--data", "nowhere"), "expected a folder with data"),
    ],
)
def test_wrong_usage_is_exit_2(command: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str) -> None:
    code, printed = command(*arguments)
    assert code == 2
    assert said in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--rollback", "champion"), "expected a registered model"),
        ((NAME, "--rollback", "nobody-had-it"), "nothing to give"),
        (("nobody/1", "--promote", "champion"), "expected a registered version"),
        (("ffff",), "expected one run"),
    ],
)
def test_what_is_not_there_is_exit_1(
    command: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str
) -> None:
    code, printed = command(*arguments)
    assert code == 1
    assert said in printed


def test_a_refusal_is_one_of_our_errors() -> None:
    assert issubclass(PromotionError, GradingError)
    assert not issubclass(PromotionError, InputError)  # exit 1, not 2
    assert callable(give_back)


def _versions(uri: str) -> list[ModelVersion]:
    return [version for version in open_store(uri).versions if version.name == NAME]


def _new_alias() -> str:
    _new_alias.count = getattr(_new_alias, "count", 0) + 1  # type: ignore[attr-defined]
    return f"alias-{_new_alias.count}"  # type: ignore[attr-defined]
