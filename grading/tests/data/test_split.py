"""A patient on both sides of the split stops the training."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from grading.files import ROOT
from grading.tests.data.course import run_stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]


@pytest.mark.parametrize(
    ("twin", "said"), [(False, r"found rows \[2\] in training and test"), (True, r"found rows \[9999\]")]
)
def test_a_patient_on_both_sides_of_the_split_stops_the_training(tmp_path: Path, twin: bool, said: str) -> None:
    frame = pd.read_csv(ROOT / "data" / "breast_cancer_v1.csv")
    (tmp_path / "build").mkdir()
    frame.to_csv(tmp_path / "build" / "train.csv", index=False)
    frame.head(1).assign(**({"row": 9999} if twin else {})).to_csv(tmp_path / "build" / "test.csv", index=False)
    shutil.copyfile(ROOT / "data" / "pipeline" / "params.yaml", tmp_path / "params.yaml")
    done = run_stage("train.py", tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "the labels leak" in done.stderr
