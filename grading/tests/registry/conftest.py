"""The clinic, made once for all tests of its xdist group, as a file and through a server; the command on it."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing

import mlflow
import pytest

from grading.commands.cli import main
from grading.tests.conftest import Served
from grading.tests.registry.clinic import CONTRACT, NAME, SPOILT, Clinic, log_training


@pytest.fixture(scope="session")
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

    made = {wrong: log_training(wrong, 1 / n) for n, wrong in enumerate([*"123", *SPOILT], start=1)}
    for wrong, (run_id, source) in made.items():
        register(wrong, run_id, source)
    register("model of another run", made["1"][0], made["2"][1])
    register("path", made["1"][0], f"runs:/{made['1'][0]}/nothing")
    register("copy", made["1"][0], f"models:/{NAME}/1")
    for wrong in ("deleted", "gone"):
        register(wrong, *log_training(wrong, 1))
        client.delete_run(client.get_model_version(NAME, str(versions[wrong])).run_id or "")
    with closing(sqlite3.connect(served.sqlite.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("pragma foreign_keys = off")
        connection.execute("delete from runs where name = 'gate, gone'")  # what `mlflow gc` does
    mlflow.set_tracking_uri("")
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
    return Clinic(served, folder, str(folder / "clinic.yaml"), versions, client)


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
