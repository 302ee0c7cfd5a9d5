from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.tables import find_table
from grading.lessons.m9_04.learning_curves import judge_curves

FAMILIES = ("ridge", "forest", "boosting")
CURVE = {10: 3.0, 20: 2.0, 40: 1.5}


def _judged(read: Callable[[], Evidence], points: dict[int, float], families: tuple[str, ...] = FAMILIES) -> str:
    for name in FAMILIES:
        with mlflow.start_run(run_name=name):
            for step, value in CURVE.items():
                mlflow.log_metric("learning_curve_rmse", value, step=step)
    lines = [f"{name},{step},{value}" for name in families for step, value in points.items()]
    with mlflow.start_run(run_name="comparison"):
        mlflow.log_text("\n".join(["run,step,value", *lines]), "learning_curves.csv")
    found = read()
    return judge_curves(found, find_table(found, ("curve",), "learning_curves.csv"))


def test_the_points_of_the_store_are_its_curves(evidence: Callable[[], Evidence]) -> None:
    assert _judged(evidence, CURVE) == "9 points of 3 families"


@pytest.mark.parametrize(
    ("points", "families", "words"),
    [
        ({**CURVE, 20: 1.9}, FAMILIES, "at step 20 of 'ridge'"),
        ({10: 3.0, 20: 2.0}, FAMILIES, "3 steps or more"),
        ({10: 3.0, 20: 2.0, 30: 1.5}, FAMILIES, "with the steps"),
        (CURVE, FAMILIES[:2], "learning curves of 3 families"),
    ],
)
def test_other_points_are_unmet(
    evidence: Callable[[], Evidence], points: dict[int, float], families: tuple[str, ...], words: str
) -> None:
    with pytest.raises(Unmet, match=words):
        _judged(evidence, points, families)
