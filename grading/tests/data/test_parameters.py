"""What is wrong with params.yaml is said before anything is split or trained."""

from pathlib import Path

import pytest

from grading.files import ROOT
from grading.tests.data.course import run_stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]


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
    done = run_stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv"))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build").exists()


def test_an_empty_params_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("")
    done = run_stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv"))
    assert done.returncode == 1
    assert "✗ params.yaml: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_contract_that_does_not_exist_is_said_before_the_training(tmp_path: Path) -> None:
    text = (ROOT / "data" / "pipeline" / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("healthcare_triage", "nobodys"), "utf-8")
    assert run_stage("preprocess.py", tmp_path, str(ROOT / "data" / "breast_cancer_v2.csv")).returncode == 0
    done = run_stage("train.py", tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert done.returncode == 1
    assert "registry.contract in params.yaml: expected a contract at" in done.stderr
    assert not (tmp_path / "mlflow.db").exists()
