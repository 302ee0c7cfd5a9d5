import math
from collections.abc import Callable

import mlflow
import numpy as np
import pandas as pd
import pytest

from grading.errors import Outcome, Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04 import checks
from grading.lessons.m9_04.families import (
    bound_of,
    candidates,
    corrected_interval,
    families,
    fold_scores,
    looked_at,
    usual_interval,
)

Read = Callable[[], Evidence]


def held_out(shift: float = 0.0, splits: int = 6) -> pd.DataFrame:
    """Twelve rows, two folds, each row held out in half of the splits."""
    parts = []
    for split in range(splits):
        rows = np.arange(12)[split % 2 :: 2]
        parts.append(pd.DataFrame({"split": split, "row": rows, "y_true": rows * 1.5, "y_pred": rows + shift + split}))
    return pd.concat(parts)


def log_family(name: str, table: pd.DataFrame, scores: list[float] | None = None) -> None:
    with mlflow.start_run(run_name=name):
        mlflow.log_text(table.to_csv(index=False), "out_of_fold.csv")
        for step, score in enumerate(rmse_of(table) if scores is None else scores):
            mlflow.log_metric("fold_rmse", score, step=step)


def rmse_of(table: pd.DataFrame) -> list[float]:
    return [math.sqrt(((part["y_true"] - part["y_pred"]) ** 2).mean()) for _, part in table.groupby("split")]


def test_the_corrected_interval_is_wider_by_the_share_of_rows_held_out() -> None:
    scores = [1.0, 2.0, 3.0, 4.0]
    (low, high), (near, far) = usual_interval(scores), corrected_interval(scores, 0.25)
    assert (far - near) / (high - low) == pytest.approx(math.sqrt(2))
    assert (near + far) / 2 == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("cv_rmse_low", ("low", "rmse")), ("rmse_cv_ci_upper", ("high", "rmse")), ("metrics.cv_accuracy_lower_95",
     ("low", "accuracy")), ("cv_brier_high", ("high", "brier")), ("cv_rmse_mean", None), ("slow_rmse", None)],
)  # fmt: skip
def test_a_name_says_which_end_of_which_interval(name: str, meaning: tuple[str, str] | None) -> None:
    assert bound_of(name) == meaning


def test_fold_scores_are_those_of_the_held_out_rows(evidence: Read) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", held_out(shift))
    found = families(evidence())
    key, scores = fold_scores(evidence(), found[1])
    assert key == "rmse"
    assert scores == pytest.approx(rmse_of(held_out(1)))
    assert found[0].held_share == 1.0


def test_a_fold_score_that_the_rows_do_not_give_is_unmet(evidence: Read) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", held_out(shift), [2.0] * 6 if shift == 2 else None)
    with pytest.raises(Unmet, match="fold_rmse of split 0 of 'family-2'"):
        fold_scores(evidence(), families(evidence())[2])


def test_the_same_family_under_three_names_is_one(evidence: Read) -> None:
    for name in "abc":
        log_family(name, held_out())
    with pytest.raises(Unmet, match="families that predict differently"):
        families(evidence())


@pytest.mark.parametrize(
    ("more", "looked"),
    [
        ({"test_rmse": 57.0}, ["test_rmse"]),
        ({"rmse_test": 57.0, "cv_rmse_low": 1.0}, ["rmse_test"]),
        ({}, []),
        ({"mean_test_score": -4.0, "std_test_score": 1.0}, []),
        ({"test_neg_root_mean_squared_error": -float(np.mean(rmse_of(held_out())))}, []),
        ({"test_rmse": float(np.mean(rmse_of(held_out())))}, []),
        (
            {
                "test_score_mean": -float(np.mean(rmse_of(held_out()))),
                "test_score_std": float(np.std(rmse_of(held_out()))),
            },
            [],
        ),
        ({"test_score": 0.7}, ["test_score"]),
    ],
)
def test_a_metric_of_the_test_rows_is_told_from_what_a_fold_is_called(
    evidence: Read, more: dict[str, float], looked: list[str]
) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", held_out(shift))
    mlflow.log_metrics(more, run_id=mlflow.search_runs(filter_string="attributes.run_name = 'family-0'").run_id[0])
    assert looked_at(evidence(), candidates(evidence())[0]) == looked


def test_a_test_score_for_every_split_is_cross_validates_word_for_held_out_rows(evidence: Read) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", held_out(shift))
    run_id = mlflow.search_runs(filter_string="attributes.run_name = 'family-0'").run_id[0]
    for step in range(6):
        mlflow.log_metric("test_score", -float(step), step=step, run_id=run_id)
    assert looked_at(evidence(), candidates(evidence())[0]) == []


def test_two_families_are_no_candidates_yet_and_a_wrong_table_is_no_test_metric(evidence: Read) -> None:
    for shift in range(2):
        log_family(f"family-{shift}", held_out(shift))
    with pytest.raises(Unmet, match="3 families"):
        candidates(evidence())
    log_family("family-2", pd.DataFrame({"a": [1]}), [1.0] * 6)
    assert [looked_at(evidence(), run) for run in candidates(evidence())] == [[], [], []]


def test_a_candidate_that_was_tested_is_told_so_before_there_are_final_runs(evidence: Read) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", held_out(shift))
    assert checks.test_patients_stay_unseen(evidence()) == "no test metric in family-0, family-1, family-2"
    for run_id in mlflow.search_runs().run_id:
        mlflow.log_metric("test_rmse", 57.0, run_id=run_id)
    with pytest.raises(Unmet, match="no test metric in 'family-0'"):
        checks.test_patients_stay_unseen(evidence())


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1]}),
        held_out(splits=2),
        held_out().assign(split=1),
        held_out().assign(y_pred=math.inf),
        held_out().assign(y_pred="high"),
        held_out().assign(row=math.nan),
        held_out().assign(split=math.nan),
        held_out().assign(y_true=None),
        held_out().head(0),
        held_out().assign(split=["one", *range(35)]),
        held_out().assign(row=["one", *range(35)]),
    ],
)
def test_a_table_that_is_not_of_splits_is_unmet_and_no_crash(evidence: Read, table: pd.DataFrame) -> None:
    for shift in range(3):
        log_family(f"family-{shift}", table, [1.0])
    with pytest.raises(Outcome):
        families(evidence())
