import socket
from pathlib import Path

import mlflow
import pytest

from grading.errors import StoreError, Unmet
from grading.evidence.open_store import open_store
from grading.evidence.store import LocalArtifacts, Store, find_run, models_among_files
from grading.tests.conftest import LessonRun, Served

pytestmark = pytest.mark.xdist_group("solved")


def _facts(store: Store) -> dict[str, object]:
    """Everything the two views must agree on."""
    runs = {
        run.id: (
            run.name, run.status, run.deleted, run.experiment.name, run.start_time, run.end_time, dict(run.params),
            dict(run.metrics), dict(run.tags), run.datasets, run.artifacts.paths(),
            [(model.id, model.name, model.ready, model.folder.paths()) for model in run.models],
            [store.history(run.id, key) for key in run.metrics],
        )
        for run in store.runs
    }  # fmt: skip
    experiments = {(e.id, e.name, tuple(sorted(e.tags.items())), e.deleted) for e in store.experiments}
    return {"runs": runs, "experiments": experiments, "versions": store.versions}


def test_the_view_by_sql_and_the_view_of_a_server_are_equal(served: Served) -> None:
    by_sql, by_client = open_store(served.sqlite), open_store(served.http)
    assert _facts(by_sql) == _facts(by_client)
    assert len(by_sql.runs) > 30


def test_a_deleted_version_is_gone_from_the_view(tracking: str) -> None:
    client = mlflow.MlflowClient()
    client.create_registered_model("screening")
    for _ in range(2):
        client.create_model_version("screening", "/somewhere", description="the first extract")
    client.delete_model_version("screening", "1")
    (left,) = open_store(tracking).versions
    assert (left.version, left.description) == (2, "the first extract")


def test_artifacts_of_a_server_are_fetched(served: Served) -> None:
    run = next(run for run in open_store(served.http).runs if run.name == "ridge-alpha1")
    local = find_run(open_store(served.sqlite), run.id)
    assert run.artifacts.local("predictions.csv").read_bytes() == local.artifacts.local("predictions.csv").read_bytes()
    assert (run.models[0].folder.all_local() / "MLmodel").is_file()
    with pytest.raises(Unmet, match="no such file"):
        run.artifacts.local("nothing.csv")


def test_reading_a_store_changes_no_byte_of_it(solved: LessonRun) -> None:
    path = Path(solved.execution.tracking_uri.removeprefix("sqlite:///"))
    before = path.read_bytes()
    _facts(open_store(solved.execution.tracking_uri))
    assert path.read_bytes() == before


def test_a_server_that_is_not_there_is_said_in_a_sentence() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(StoreError, match="expected an MLflow server at"):
        open_store(uri)


@pytest.mark.parametrize("content", [None, b"", b"not a database", b"SQLite format 3\0" + b"\0" * 200])
def test_what_is_no_store_is_said_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mlflow.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"expected an? (MLflow store|store of this MLflow)"):
        open_store(f"sqlite:///{path}").runs  # noqa: B018


def test_a_tracking_uri_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreError, match=r"sqlite:///mlflow\.db"):
        open_store("file:./mlruns")


def test_a_run_is_found_by_the_beginning_of_its_id(tracking: str) -> None:
    with mlflow.start_run() as run:
        pass
    store = open_store(tracking)
    assert find_run(store, run.info.run_id[:8]).id == run.info.run_id
    for wrong in ("", "zzz"):
        with pytest.raises(StoreError, match="expected one run"):
            find_run(store, wrong)


def test_nan_and_deleted_runs_and_versions_are_read(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", float("nan"))
        mlflow.log_text("x", "a.txt")
    client = mlflow.MlflowClient()
    client.create_registered_model("screening")
    client.create_model_version("screening", f"runs:/{run.info.run_id}/a.txt", run.info.run_id, tags={"who": "me"})
    client.set_registered_model_alias("screening", "champion", "1")
    client.delete_run(run.info.run_id)
    store = open_store(tracking)
    assert store.runs[0].deleted
    assert store.runs[0].metrics["loss"] != store.runs[0].metrics["loss"]
    version = store.versions[0]
    assert (version.name, version.version, version.aliases, dict(version.tags)) == (
        "screening",
        1,
        ("champion",),
        {"who": "me"},
    )


def test_thousands_of_runs_are_read(tracking: str) -> None:
    import sqlite3
    from contextlib import closing

    experiment = mlflow.MlflowClient().create_run("0").info
    with closing(sqlite3.connect(tracking.removeprefix("sqlite:///"))) as connection, connection:
        connection.executemany(
            "insert into runs (run_uuid, name, status, start_time, lifecycle_stage, artifact_uri, experiment_id)"
            " values (?, 'r', 'FINISHED', ?, 'active', '/nowhere', 0)",
            [(f"{n:032x}", n) for n in range(5000)],
        )
    assert len(open_store(tracking).runs) == 5001
    assert experiment.run_id in {run.id for run in open_store(tracking).runs}


def test_artifacts_outside_the_root_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "work"
    (root / "artifacts").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "artifacts" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "artifacts" / "own.txt").write_text("own")
    artifacts = LocalArtifacts(root / "artifacts", root)
    assert artifacts.paths() == ["own.txt"]
    for path in ("link.txt", "../../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(Unmet, match="no such file"):
            artifacts.local(path)
    assert LocalArtifacts(tmp_path, root).paths() == []
    with pytest.raises(Unmet, match="inside the store"):
        LocalArtifacts(tmp_path, root).all_local()


def test_an_artifact_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "predictions.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(Unmet, match="1,000 MB"):
        LocalArtifacts(tmp_path).local("predictions.csv")


def test_a_model_that_was_saved_to_files_and_logged_as_files_is_found(tracking: str, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "MLmodel").write_text("flavors: {}")
    (tmp_path / "saved" / "model.skops").write_text("")
    with mlflow.start_run():
        mlflow.log_artifacts(str(tmp_path / "saved"), "forecast")
        mlflow.log_text("", "other.txt")
    (run,) = open_store(tracking, root=tmp_path).runs
    (model,) = models_among_files(run)
    assert (model.name, model.ready, model.folder.paths()) == ("forecast", True, ["MLmodel", "model.skops"])
    assert model.folder.local("MLmodel").read_text() == "flavors: {}"
    assert model.folder.are_at(str(model.folder.all_local()))
