"""Cross-validated means and spreads: those that folds give are taken, and others are named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mlflow
import pytest
from sklearn.model_selection import KFold, cross_val_score

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.marking.training.cross_validation import require_cross_validation
from grading.tests.marking.training.runs import fitted, learned_from, log_run, ridge, rows_of

pytestmark = pytest.mark.slow
Trained = Callable[..., Evidence]


def _cross_validated(cv: Any) -> Any:
    _, train, _ = rows_of()
    return -cross_val_score(ridge(), train.drop(columns="progression"), train["progression"], cv=cv,
                            scoring="neg_root_mean_squared_error")  # fmt: skip


def _judge(evidence: Evidence) -> list[str]:
    require_cross_validation(evidence, evidence.main_run, learned_from(evidence))
    return evidence.not_judged


@pytest.mark.parametrize(
    "cv", [5, 10, KFold(5, shuffle=True, random_state=42), KFold(4, shuffle=True, random_state=42)]
)
@pytest.mark.parametrize("ddof", [0, 1])
def test_means_of_folds_that_people_use_are_taken(cv: Any, ddof: int, trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    scores = _cross_validated(cv)
    log_run(fitted(ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std(ddof=ddof))
    assert _judge(trained()) == []


def test_a_mean_of_folds_that_nobody_knows_is_noted_and_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    scores = _cross_validated(KFold(7, shuffle=True, random_state=777))
    log_run(fitted(ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std())
    assert "which folds it is of" in _judge(trained())[0]


def test_a_standard_error_instead_of_the_deviation_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    scores = _cross_validated(5)
    log_run(fitted(ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std() / 5**0.5)
    with pytest.raises(Unmet, match="cv_rmse_std") as unmet:
        _judge(trained())
    assert "this is the standard error" in unmet.value.hint


def test_a_mean_that_no_folds_of_the_model_give_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train), test, cv_rmse_mean=49.7, cv_rmse_std=1.1)
    with pytest.raises(Unmet, match=r"cv_rmse_mean from 5\d"):
        _judge(trained())


def test_a_mean_that_is_another_candidates_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    for name, mean in (("forecast", 54.5), ("tree", 61.25)):
        with mlflow.start_run(run_name=name, tags={"stage": "candidate"}):
            mlflow.log_metric("cv_rmse_mean", mean)
    log_run(fitted(ridge(), train), test, cv_rmse_mean=61.25)
    with pytest.raises(Unmet, match=r"cv_rmse_mean = 54\.5000 of 'forecast'"):
        _judge(trained())


def test_the_spread_of_the_training_scores_is_not_that_of_the_folds(trained: Trained) -> None:
    _, train, test = rows_of()
    scores = _cross_validated(5)
    log_run(fitted(ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std(),
            train_rmse_mean=52.0, train_rmse_std=0.4)  # fmt: skip
    assert _judge(trained()) == []


@pytest.mark.parametrize(("name", "alpha"), [("forecast-alpha10", 10.0), ("17", 10.0)])
def test_a_mean_of_the_candidate_with_the_models_settings_is_its_own(name: str, alpha: float, trained: Trained) -> None:
    _, train, test = rows_of()
    for other, mean, value in (("forecast", 54.5, 1.0), ("2", 54.6, 2.0), (name, 54.2, alpha)):
        with mlflow.start_run(run_name=other, tags={"stage": "candidate"}):
            mlflow.log_metric("cv_rmse_mean", mean)
            mlflow.log_param("alpha", value)
    log_run(fitted(ridge(alpha), train), test, cv_rmse_mean=54.2)
    _judge(trained())


def test_a_trial_that_diverged_beside_it_costs_nothing(trained: Trained) -> None:
    _, train, test = rows_of()
    with mlflow.start_run(run_name="diverged"):
        for step, value in enumerate((1.0, float("nan"), float("inf"))):
            mlflow.log_metric("cv_rmse", value, step=step)
    scores = _cross_validated(5)
    log_run(fitted(ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std())
    assert _judge(trained()) == []


def test_a_wrong_mean_stays_wrong_when_its_cell_is_run_again(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    for _ in range(3):
        log_run(fitted(ridge(), train), test, cv_rmse_mean=0.517, cv_rmse_std=0.1)
    again = replace(trained(), since=1)  # as in a live kernel, where the newest run of a name counts
    with pytest.raises(Unmet, match="cv_rmse_mean from 5"):
        _judge(again)
