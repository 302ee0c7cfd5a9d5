"""Importances beside the right names are taken, whatever kind they are; the model's own beside other names are not."""

from collections.abc import Callable
from dataclasses import replace

import mlflow
import pandas as pd
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.store import ModelVersion
from grading.lessons.m9_03.features import require_features
from grading.lessons.m9_03.model_versions import MadeVersion
from grading.tests.marking.training.runs import answer, fitted, log_run, ridge, rows_of

pytestmark = pytest.mark.slow
MODEL = fitted(ridge(), rows_of()[1])
NAMES = rows_of()[1].drop(columns="progression").columns.tolist()
WEIGHTS = MODEL[-1].coef_


@pytest.fixture
def judged(evidence: Callable[[], Evidence]) -> Callable[[pd.DataFrame], int]:
    def judge(table: pd.DataFrame) -> int:
        log_run(MODEL, rows_of()[2])
        run_id = mlflow.last_active_run().info.run_id
        mlflow.log_text(table.to_csv(index=False), "feature_importance.csv", run_id=run_id)
        found = replace(evidence(), reproducer=answer)
        return require_features(found, MadeVersion(ModelVersion("m", 1, run_id, "s", (), {}), found.main_run))

    return judge


@pytest.mark.parametrize(
    "weights",
    [
        WEIGHTS,
        abs(WEIGHTS),
        abs(WEIGHTS) / abs(WEIGHTS).sum(),
        WEIGHTS.round(2),
        [round(10 / (n + 1), 3) for n in range(len(NAMES))],  # such as permutation importances
    ],
)
def test_importances_beside_their_names_are_taken(weights: list[float], judged: Callable[[pd.DataFrame], int]) -> None:
    assert judged(pd.DataFrame({"feature": NAMES, "importance": weights})) == len(NAMES)


def test_a_table_in_another_order_is_taken(judged: Callable[[pd.DataFrame], int]) -> None:
    table = pd.DataFrame({"feature": NAMES, "importance": WEIGHTS}).sort_values("importance")
    assert judged(table) == len(NAMES)


def test_weights_of_the_model_beside_sorted_names_are_unmet(judged: Callable[[pd.DataFrame], int]) -> None:
    with pytest.raises(Unmet) as unmet:
        judged(pd.DataFrame({"feature": sorted(NAMES), "importance": WEIGHTS}))
    assert "features are mixed up" in str(unmet.value.found)
