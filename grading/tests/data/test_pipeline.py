"""The pipeline as its users meet it: a repository of its own, real git, real DVC, a real MLflow store."""

import hashlib
import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import yaml

from grading.evidence.intervals import measure
from grading.evidence.open_store import open_store
from grading.evidence.predictions import read_predictions
from grading.evidence.store import Run
from grading.files import ROOT
from grading.registry.gate import hold
from grading.tests.conftest import mlflow_server
from grading.tests.data.course import Course, make_course

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("pipeline")]
NOT_REPEATED = re.compile(r"^latency_ms$")  # a time is never twice the same


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course after one run of the pipeline, on v2 and from a clean commit."""
    made = make_course(tmp_path_factory.mktemp("course").resolve())
    first = made.run()
    assert first.returncode == 0, first.stdout + first.stderr
    assert "is champion now" in first.stdout
    return replace(made, first_metrics=json.loads((made.pipeline / "build" / "metrics.json").read_text()))


@pytest.fixture(scope="module")
def first_run(course: Course) -> Run:
    return course.main_runs()[0]


def test_the_first_run_is_recorded_from_a_clean_commit(course: Course, first_run: Run) -> None:
    head = course.call("git", "rev-parse", "HEAD").stdout.strip()
    assert first_run.tags["mlflow.source.git.commit"] == head
    assert first_run.tags["git_dirty"] == "false"


def test_the_run_meets_the_contract_and_the_gate_made_it_champion(course: Course, first_run: Run) -> None:
    assert [(v.run_id, v.aliases) for v in course.store.versions] == [(first_run.id, ("champion",))]
    ruling = hold("healthcare_triage", first_run.id, course.store.uri)
    assert ruling.met, ruling.unmet


def test_the_run_reaches_the_goals_on_v2(first_run: Run) -> None:
    assert first_run.metrics["test_accuracy"] >= 0.97
    assert first_run.metrics["test_roc_auc"] >= 0.995
    assert first_run.metrics["test_malignant_detection_rate"] >= 0.97


def test_the_readme_says_what_is_reached(first_run: Run) -> None:
    page = (ROOT / "data" / "pipeline" / "README.md").read_text("utf-8")
    predictions = read_predictions(first_run)
    rows = re.findall(r"^\| (\w+) \| [\d. ]*\| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|$", page, re.MULTILINE)
    assert len(rows) == 4
    for name, *shown in rows:
        measured = measure(name, predictions, claimed=first_run.metrics[f"test_{name}"])
        found = measured and measured.interval()
        assert found
        assert shown == [f"{value:.4f}" for value in (found.value, found.low, found.high)]
    malignant = int(predictions["y_true"].sum())
    threshold = first_run.params["decision_threshold"]
    assert f"{len(predictions)} test patients of whom {malignant} have" in page
    assert f"threshold {threshold}" in page


def test_the_run_keeps_everything_that_another_person_needs(course: Course, first_run: Run) -> None:
    children = [run for run in course.store.runs if run.parent_id == first_run.id]
    assert sorted(run.params["fold"] for run in children if "fold" in run.params) == list("01234")
    baselines = {run.name for run in children if run.tags.get("role") == "baseline"}
    assert baselines == {"baseline-majority", "baseline-one-cut"}
    assert set(first_run.artifacts.paths()) == {
        "classification_report.txt", "confusion_matrix.png", "feature_importance.csv", "feature_importance.png",
        "features.json", "params.yaml", "precision_recall_curve.png", "predictions.csv", "preprocessing.json",
        "requirements.txt", "roc_curve.png",
    }  # fmt: skip
    (dataset,) = first_run.datasets
    lock = yaml.safe_load((course.pipeline / "dvc.lock").read_text())
    known = {dep["path"]: dep["md5"] for dep in lock["stages"]["train"]["deps"]}
    assert dataset.tags["dvc_md5"] == first_run.tags["dvc_md5"] == known["../breast_cancer_v2.csv"]
    assert {"python_version", "os", "cpu_count", "data_sha256", "data_version"} <= first_run.tags.keys()
    assert {f"malignant_detection_rate_at_{t}" for t in (0.1, 0.3, 0.5, 0.7)} <= first_run.metrics.keys()
    assert len(course.store.history(first_run.id, "learning_curve_log_loss")) == 5


def test_a_second_call_does_nothing_and_says_so(course: Course) -> None:
    before = len(course.store.runs), len(course.store.versions)
    again = course.run()
    assert again.returncode == 0
    assert "Data and pipelines are up to date." in again.stdout + again.stderr
    assert (len(course.store.runs), len(course.store.versions)) == before


def test_the_same_commit_and_data_give_the_same_metrics_to_the_last_digit(course: Course, first_run: Run) -> None:
    again = course.call(
        sys.executable, "-m", "dvc", "repro", "--force", "--no-run-cache", str(course.pipeline / "dvc.yaml"),
        MLFLOW_TRACKING_URI=course.store.uri, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    second = course.main_runs()[-1]
    assert second.id != first_run.id
    metrics = {name: value for name, value in second.metrics.items() if not NOT_REPEATED.match(name)}
    assert metrics == {name: value for name, value in first_run.metrics.items() if not NOT_REPEATED.match(name)}
    assert (
        second.artifacts.local("predictions.csv").read_bytes()
        == first_run.artifacts.local("predictions.csv").read_bytes()
    )
    assert second.params == first_run.params


def test_a_changed_parameter_runs_again_only_what_depends_on_it(course: Course) -> None:
    before = len(course.main_runs()), len(course.store.versions)
    course.change("C: 0.5", "C: 0.3")
    again = course.run()
    course.change("C: 0.3", "C: 0.5")
    assert again.returncode == 0, again.stderr
    assert "Stage 'validate' didn't change, skipping" in again.stdout
    assert "Stage 'preprocess' didn't change, skipping" in again.stdout
    assert "Running stage 'train'" in again.stdout
    assert (len(course.main_runs()), len(course.store.versions)) == (before[0] + 1, before[1] + 1)
    newest = course.main_runs()[-1]
    assert newest.params["estimator__logisticregression__C"] == "0.3"
    assert newest.tags["git_dirty"] == "true"  # params.yaml was changed and not committed: recorded, not refused


def test_another_data_version_makes_another_model_that_the_gate_refuses(course: Course) -> None:
    held = {v.version for v in course.store.versions if "champion" in v.aliases}
    on_v1 = course.run("--data-version", "v1")
    assert on_v1.returncode == 0, on_v1.stderr
    for stage in ("validate", "preprocess", "train"):
        assert f"Running stage '{stage}'" in on_v1.stdout
    newest = course.store.versions[-1]
    assert newest.tags["data_version"] == "v1"
    assert course.main_runs()[-1].datasets[0].name == "breast_cancer_v1"
    assert re.search(r"refused by healthcare_triage: .*accuracy >= 0\.95, found 0\.94", on_v1.stdout)
    assert newest.tags["gate"].startswith("refused: ")
    assert {v.version for v in course.store.versions if "champion" in v.aliases} == held
    assert "# v1: the clinic's first extract" in (course.pipeline / "params.yaml").read_text()  # comments are kept


def test_on_a_tracking_server_that_has_not_seen_the_run_it_is_made_again(
    course: Course, empty_store: Path, tmp_path: Path
) -> None:
    shutil.copyfile(empty_store, tmp_path / "server.db")
    with mlflow_server(f"sqlite:///{tmp_path / 'server.db'}", tmp_path) as uri:
        done = course.run("--data-version", "v2", MLFLOW_TRACKING_URI=uri)
        assert done.returncode == 0, done.stderr
        assert "breast-cancer-screening/1: meets healthcare_triage and is champion now" in done.stdout
        (version,) = open_store(uri).versions
        assert version.aliases == ("champion",)
        again = course.run(MLFLOW_TRACKING_URI=uri)
        assert "Data and pipelines are up to date." in again.stdout + again.stderr


def test_no_test_patient_of_v1_is_a_training_patient_of_v2(course: Course) -> None:
    sys.path.insert(0, str(ROOT / "data" / "pipeline"))
    try:
        from preprocess import is_test  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    rows = {v: pd.read_csv(ROOT / "data" / f"breast_cancer_{v}.csv")["row"] for v in ("v1", "v2")}
    sides = {v: {row for row in ids if is_test(row, 42, 0.25)} for v, ids in rows.items()}
    assert sides["v1"] == sides["v2"] & set(rows["v1"])


def test_a_refused_file_stops_the_pipeline_with_a_non_zero_exit(tmp_path: Path) -> None:
    made = make_course(tmp_path)
    file = made.folder / "data" / "breast_cancer_v2.csv"
    file.write_text(file.read_text().replace("17.99,10.38", "17.99,", 1))
    done = made.run()
    assert done.returncode != 0
    assert "row 0 (line 2), column mean_texture: expected a value; found nothing" in done.stderr
    assert not (made.pipeline / "mlflow.db").exists()


def test_without_a_commit_git_or_dvc_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    without_git = make_course(tmp_path, git=False)
    said = without_git.call(
        sys.executable, str(without_git.pipeline / "run.py"), GIT_CEILING_DIRECTORIES=str(tmp_path.parent)
    )
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "expected a git repository with a commit; found none" in said.stderr
    nothing = tmp_path / "empty"
    nothing.mkdir()
    said = without_git.call(sys.executable, str(without_git.pipeline / "run.py"), PATH=str(nothing))
    assert "expected git; found none" in said.stderr
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "a")):
        without_git.call("git", *arguments)
    shutil.rmtree(tmp_path / ".dvc")
    said = without_git.run()
    assert said.returncode == 1
    assert "expected DVC to be initialised; found no .dvc folder. Run `dvc init`" in said.stderr


def test_the_committed_lock_is_of_the_committed_code_and_data(course: Course) -> None:
    committed = yaml.safe_load((ROOT / "data" / "pipeline" / "dvc.lock").read_text())["stages"]
    first = course.call("git", "show", "HEAD:data/pipeline/dvc.lock").stdout
    assert yaml.safe_load(first)["stages"] == committed
    for stage, entry in committed.items():
        for dep in entry["deps"]:
            path = (ROOT / "data" / "pipeline" / dep["path"]).resolve()
            if path.is_file() and "build" not in path.parts:
                md5 = hashlib.md5(path.read_bytes()).hexdigest()
                assert md5 == dep["md5"], f"{stage}: {dep['path']} has changed: run make pipeline and commit dvc.lock"


def test_the_metrics_file_holds_what_the_run_logged(course: Course, first_run: Run) -> None:
    assert course.first_metrics == {name: first_run.metrics[name] for name in course.first_metrics}
    assert len(course.first_metrics) == 8
    assert mlflow.get_tracking_uri() != course.store.uri  # this process logged nothing of it
