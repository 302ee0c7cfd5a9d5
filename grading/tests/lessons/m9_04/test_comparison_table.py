from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.tables import find_table
from grading.lessons.m9_04.comparison_table import judge_comparison, rounding

VALUES = {"cv_rmse_mean": 2.123456, "cv_rmse_low": 1.9, "cv_rmse_high": 2.3}
HEAD = "run,cv_rmse_mean,cv_rmse_low,cv_rmse_high"


def _judged(read: Callable[[], Evidence], table: str) -> str:
    for name in ("ridge", "forest"):
        with mlflow.start_run(run_name=name):
            mlflow.log_metrics(VALUES)
    with mlflow.start_run(run_name="comparison"):
        mlflow.log_text(table, "comparison.csv")
    found = read()
    runs = [run for run in found.runs if run.name in ("ridge", "forest")]
    return judge_comparison(found, find_table(found, ("comparison",), "comparison.csv"), runs)


@pytest.mark.parametrize("mean", ["2.123456", "2.1235"])
def test_a_table_of_the_stores_values_is_taken_rounded_to_four_decimals_too(
    evidence: Callable[[], Evidence], mean: str
) -> None:
    assert _judged(evidence, f"{HEAD}\nridge,{mean},1.9,2.3\nforest,{mean},1.9,2.3\n") == "2 families in comparison.csv"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (f"{HEAD}\nridge,2.123456,1.9,2.3\n", r"without \['forest'\]"),
        (f"{HEAD}\nridge,2.123456,1.9,2.3\nforest,2.12,1.9,2.3\n", "as in the store"),
        ("run,cv_rmse_mean\nridge,2.123456\nforest,2.123456\n", r"no \['low', 'high'\]"),
    ],
)
def test_a_table_that_leaves_out_or_edits_is_unmet(evidence: Callable[[], Evidence], table: str, words: str) -> None:
    with pytest.raises(Unmet, match=words):
        _judged(evidence, table)


@pytest.mark.parametrize(("value", "half"), [(2.1235, 0.00005), (2.123456, 0.0)])
def test_only_four_decimals_are_taken_for_rounded(value: float, half: float) -> None:
    assert rounding(value) == half
