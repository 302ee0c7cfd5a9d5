from collections.abc import Callable

import mlflow
import pandas as pd
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.log_depth import require_depth

Read = Callable[[], Evidence]
LOG = """# Log

## Splits

60 patients to train on, 40 to test on.

## Results

test_mae is 1.5 (1.1 to 1.9)

### By group

| sex | n |
| --- | --- |
| f | 16 |
| m | 24 |

## Baselines

| tree | 2.75 |
"""


def judge(evidence: Read, text: str) -> str:
    sex = ["f", "m", "m", "f", "m"] * 8
    table = pd.DataFrame({"row": range(40), "y_true": 0.5, "y_pred": 2.0, "sex": sex})
    with mlflow.start_run(run_name="tree"):
        mlflow.log_metric("test_mae", 2.75)
    with mlflow.start_run(run_name="final"):
        mlflow.log_metric("test_mae", 1.5)
        mlflow.log_text(table.to_csv(index=False), "predictions.csv")
    found = evidence()
    return require_depth(text, found, found.runs[-1])


def test_a_log_with_all_of_it_is_met(evidence: Read) -> None:
    assert "splits, intervals, groups and baselines" in judge(evidence, LOG)


@pytest.mark.parametrize(
    ("gone", "missing"),
    [("40 to test on", "Splits"), (" (1.1 to 1.9)", "intervals"), ("| f | 16 |\n", "By group"), ("2.75", "Baselines"),
     ("## Splits", "Splits"), ("### By group", "By group"), ("## Baselines", "Baselines")],
)  # fmt: skip
def test_a_log_that_lacks_a_part_is_unmet(evidence: Read, gone: str, missing: str) -> None:
    with pytest.raises(Unmet, match=missing):
        judge(evidence, LOG.replace(gone, ""))


@pytest.mark.parametrize("text", ["", "#" * 100_000, "1 " * 100_000, "|" * 50_000])
def test_a_text_that_is_no_log_is_unmet_and_no_crash(evidence: Read, text: str) -> None:
    with pytest.raises(Unmet):
        judge(evidence, text)
