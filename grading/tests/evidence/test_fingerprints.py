from collections.abc import Callable
from pathlib import Path

import mlflow
import numpy as np
import pytest

from grading.evidence.evidence import Evidence
from grading.evidence.fingerprints import fingerprints_of

ROWS = 20
Read = Callable[[], Evidence]


def _log(
    predicted: list[float], name: str = "ridge", seed: int = 1, text: str = "{:.17g}", turned: bool = False
) -> None:
    rows = [f"{row},{row % 7}.5,{text.format(value)}" for row, value in enumerate(predicted)]
    with mlflow.start_run(run_name=name):
        mlflow.log_param("seed", seed)
        mlflow.log_metric("test_rmse", 1.0)
        mlflow.log_text("\n".join(["row,y_true,y_pred", *(rows[::-1] if turned else rows)]), "predictions.csv")


@pytest.fixture
def predicted() -> list[float]:
    return list(np.random.default_rng(0).normal(size=ROWS))


def test_a_run_with_predictions_has_their_hash_and_its_seed(
    tracking: str, evidence: Read, predicted: list[float]
) -> None:
    _log(predicted, seed=7)
    found = fingerprints_of(evidence())
    assert set(found) == {"predictions:ridge", "seed:ridge"}
    assert found["seed:ridge"] == "7"
    assert len(found["predictions:ridge"]) == 64


def test_the_order_of_rows_and_the_way_numbers_are_written_do_not_count(
    tracking: str, evidence: Read, predicted: list[float]
) -> None:
    _log(predicted, "a")
    _log(predicted, "b", text="{:.18e}", turned=True)
    _log([*predicted[:-1], np.nextafter(predicted[-1], 9)], "c")
    found = fingerprints_of(evidence())
    assert found["predictions:a"] == found["predictions:b"] != found["predictions:c"]


def test_predictions_that_tell_little_are_left_out(tracking: str, evidence: Read) -> None:
    _log([1.5] * ROWS, "constant")
    _log([float(row % 2) for row in range(ROWS)], "labels")
    assert fingerprints_of(evidence()) == {}


def test_a_run_without_predictions_and_a_damaged_store_raise_nothing(
    tracking: str, evidence: Read, tmp_path: Path
) -> None:
    with mlflow.start_run(run_name="bare"):
        mlflow.log_metric("test_rmse", 1.0)
    assert fingerprints_of(evidence()) == {}
    read = evidence()
    (tmp_path / "mlflow.db").write_text("gone")
    assert fingerprints_of(read) == {}
