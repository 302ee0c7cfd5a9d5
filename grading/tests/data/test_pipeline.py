"""The pipeline as its users meet it: a repository of its own, real git, real DVC, a real MLflow store."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import yaml

from grading import quiet
from grading.evidence.intervals import measure
from grading.evidence.open_store import open_store
from grading.evidence.predictions import read_predictions
from grading.evidence.store import Run, Store
from grading.files import ROOT
from grading.registry.gate import hold
from grading.tests.conftest import mlflow_server

pytestmark = pytest.mark.xdist_group("pipeline")

GIT = {f"GIT_{who}_{what}": "a@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
NOT_REPEATED = re.compile(r"^latency_ms$")  # a time is never twice the same


@dataclass(frozen=True)
class Course:
    """A clone of what the pipeline needs, with a commit of its own."""

    folder: Path
    first_metrics: dict[str, float] = field(default_factory=dict)  # metrics.json after the first run

    @property
    def pipeline(self) -> Path:
        return self.folder / "data" / "pipeline"

    @property
    def store(self) -> Store:
        return open_store(f"sqlite:///{self.pipeline / 'mlflow.db'}")

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`make pipeline`, without make."""
        return self.call(sys.executable, str(self.pipeline / "run.py"), *arguments, folder=None, **more)

    def call(self, *command: str, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MLFLOW_", "DVC_"))}
        around = clean | quiet.ENVIRONMENT | GIT | {"DVC_NO_ANALYTICS": "1"} | more
        return subprocess.run(
            command, cwd=folder or self.folder, env=around, capture_output=True, text=True, check=False, timeout=300
        )

    def change(self, old: str, new: str) -> None:
        """Change a value in params.yaml."""
        file = self.pipeline / "params.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def main_runs(self) -> list[Run]:
        return [run for run in self.store.runs if run.parent_id is None]


def make_course(folder: Path, *, git: bool = True) -> Course:
    course = Course(folder)
    shutil.copytree(ROOT / ".dvc", folder / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache", "config.local"))
    shutil.copytree(
        ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("build", "mlruns", "mlflow.db*", "__pycache__")
    )
    shutil.copytree(ROOT / "grading" / "contracts", folder / "grading" / "contracts")
    for name in (".gitignore", ".dvcignore"):
        shutil.copyfile(ROOT / name, folder / name)
    if git:
        for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "the course")):
            assert course.call("git", *arguments).returncode == 0
    return course


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


def _at(frame: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    """The data with another value for patient 7."""
    return frame.assign(**{column: frame[column].astype(object).where(frame["row"] != 7, value)})


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a missing column": lambda frame: frame.drop(columns="mean_area"),
    "an unknown column": lambda frame: frame.assign(diagnosis=frame["malignant"]),
    "text for a number": lambda frame: _at(frame, "mean_radius", "large"),
    "a label in words": lambda frame: _at(frame, "malignant", "yes"),
    "a gap": lambda frame: _at(frame, "mean_radius", None),
    "a slip of the comma": lambda frame: _at(frame, "mean_radius", 1371.0),
    "a third label": lambda frame: _at(frame, "malignant", 2),
    "a row id twice": lambda frame: frame.assign(row=frame["row"].replace(7, 8)),
    "a tumour twice": lambda frame: pd.concat([frame, frame[frame["row"] == 7].assign(row=9999)]),
    "the label in disguise": lambda frame: frame.assign(
        mean_symmetry=frame["malignant"] * 0.04 + 0.05, worst_symmetry=frame["worst_symmetry"] + 0.1
    ),
    "one class": lambda frame: frame[frame["malignant"] == 1],
    "a mean above the worst": lambda frame: _at(frame, "worst_area", 1.0),
    "no rows": lambda frame: frame.head(0),
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a missing column", r"column mean_area: expected this column; found none"),
        ("an unknown column", r"column diagnosis: expected no other column; found one that no rule knows"),
        (
            "text for a number",
            r"for one reason:\n  row 7 \(line 9\), column mean_radius: expected a number; found 'large'",
        ),
        ("a label in words", r"for one reason:\n  row 7 \(line 9\), column malignant: expected a number; found 'yes'"),
        ("a gap", r"row 7 \(line 9\), column mean_radius: expected a value; found nothing"),
        ("a slip of the comma", r"row 7 \(line 9\), column mean_radius: expected a number from 0 to 75; found 1371"),
        ("a third label", r"row 7 \(line 9\), column malignant: expected 0 or 1; found 2"),
        ("a row id twice", r"row 8 \(line 9\), column row: expected each row id once; found 8"),
        ("a tumour twice", r"row 9999 \(line 571\): expected each tumour once"),
        ("the label in disguise", r"column mean_symmetry: expected a measurement; found the label in disguise"),
        ("one class", r"the table: expected tumours of both kinds"),
        ("a mean above the worst", r"row 7 \(line 9\): expected mean_area of at most worst_area"),
        ("no rows", r"expected patients in data\.csv; found a header and no rows"),
    ],
)
def test_data_that_break_a_rule_are_refused_by_row_column_and_rule(tmp_path: Path, name: str, said: str) -> None:
    spoilt = SPOILT[name](pd.read_csv(ROOT / "data" / "breast_cancer_v2.csv"))
    spoilt.to_csv(tmp_path / "data.csv", index=False)
    done = _stage("validate.py", tmp_path, "data.csv")
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found: No columns"),
        (b"\xff\xfe\x00", "as a CSV table"),
        (b"row;malignant\n1;0\n", "expected columns with commas between them"),
        (None, "expected a data file at data.csv; found none"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "data.csv").write_bytes(content)
    done = _stage("validate.py", tmp_path, "data.csv")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("twin", "said"), [(False, r"found rows \[2\] in training and test"), (True, r"found rows \[9999\]")]
)
def test_a_patient_on_both_sides_of_the_split_stops_the_training(tmp_path: Path, twin: bool, said: str) -> None:
    frame = pd.read_csv(ROOT / "data" / "breast_cancer_v1.csv")
    (tmp_path / "build").mkdir()
    frame.to_csv(tmp_path / "build" / "train.csv", index=False)
    frame.head(1).assign(**({"row": 9999} if twin else {})).to_csv(tmp_path / "build" / "test.csv", index=False)
    shutil.copyfile(ROOT / "data" / "pipeline" / "params.yaml", tmp_path / "params.yaml")
    done = _stage("train.py", tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "the labels leak" in done.stderr


def _stage(script: str, folder: Path, *arguments: str, **around: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "data" / "pipeline" / script), *arguments],
        cwd=folder, env={**os.environ, **around}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: v2", "version: v3", "data.version: Input should be 'v1' or 'v2'; found 'v3'"),
        ("folds: 5", "folds: 5000", "train.folds: Input should be less than or equal to 20; found 5000"),
        ("alias: champion", "alias: the champion", "registry.alias: String should match pattern"),
        ("C: 0.5", "C: -1", "train.C: Input should be greater than 0; found -1"),
        ("test_share: 0.25", "test_share: 25", "split.test_share: Input should be less than 1; found 25"),
        ("max_iter:", "max_iterations:", "train.max_iter: Field required"),
        ("seed: 42", "seed: [", "expected YAML in"),
        (
            "drop: []",
            "drop: [worst_age]",
            "features.drop in params.yaml: expected measurements of the data; found worst_age",
        ),
        ("test_share: 0.25", "test_share: 0.001", "expected tumours of both kinds among the test rows"),
    ],
)
def test_a_wrong_parameter_is_named_before_anything_is_split(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (ROOT / "data" / "pipeline" / "params.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "params.yaml").write_text(text.replace(old, new), "utf-8")
    done = _stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv"))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build").exists()


def test_an_empty_params_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("")
    done = _stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv"))
    assert done.returncode == 1
    assert "✗ params.yaml: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_contract_that_does_not_exist_is_said_before_the_training(tmp_path: Path) -> None:
    text = (ROOT / "data" / "pipeline" / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("healthcare_triage", "nobodys"), "utf-8")
    assert _stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv")).returncode == 0
    done = _stage("train.py", tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert done.returncode == 1
    assert "registry.contract in params.yaml: expected a contract at" in done.stderr
    assert not (tmp_path / "mlflow.db").exists()


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
