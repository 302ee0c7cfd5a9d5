from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.tables import find_table
from grading.lessons.m9_04.learning_curves import judge_curves
from grading.tests.lessons.m9_04.test_families import held_out, log_family

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


@pytest.mark.parametrize(("column", "taken"), [("step", True), ("train_size", False), ("rows", False)])
def test_a_number_of_training_rows_may_not_be_larger_than_all_of_them_and_a_step_may(
    evidence: Callable[[], Evidence], column: str, taken: bool
) -> None:
    for shift, name in enumerate(FAMILIES):
        log_family(name, held_out(shift))
        run_id = mlflow.last_active_run().info.run_id
        for step in (100, 200, 500):
            mlflow.log_metric("learning_curve_rmse", 1000 / step, step=step, run_id=run_id)
    lines = [f"{name},{step},{1000 / step}" for name in FAMILIES for step in (100, 200, 500)]
    with mlflow.start_run(run_name="comparison"):
        mlflow.log_text("\n".join([f"run,{column},value", *lines]), "learning_curves.csv")
    table = find_table(evidence(), ("curve",), "learning_curves.csv")
    if taken:
        assert judge_curves(evidence(), table) == "9 points of 3 families"
    else:
        with pytest.raises(Unmet, match="at most 12 rows in training"):
            judge_curves(evidence(), table)


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
