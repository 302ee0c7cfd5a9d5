"""Cross-validation as runs: what broke off, or is of another model, is not held against the student."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_01.folds import compare_with_folds, cross_validation, cross_validations, require_trained
from grading.tests.marking.training.runs import answer, fitted, log_run, ridge, rows_of

Read = Callable[[], Evidence]
INVENTED = (40.0, 41.0, 42.0, 40.5, 41.5)  # no ridge regression on these patients is so near


def _cross_validate(name: str, values: Sequence[float], *, broken: bool = False, **params: Any) -> None:
    """A parent with a run for each fold; broken: the cell was interrupted in the last one."""
    with mlflow.start_run(run_name=name) as parent:
        mlflow.log_params({"alpha": 1.0} | params)
        for fold, value in enumerate(values):
            with mlflow.start_run(run_name=f"fold-{fold}", nested=True) as run:
                mlflow.log_params({"fold": fold, "alpha": 1.0})
                mlflow.log_metric("rmse", value)
    if broken:
        for run_id in (run.info.run_id, parent.info.run_id):
            mlflow.MlflowClient().set_terminated(run_id, "FAILED")


@pytest.fixture
def trained(evidence: Read) -> Read:
    """The evidence of a store with a ridge regression, where models are trained again."""
    _, train, test = rows_of()
    log_run(fitted(ridge(), train), test)
    return lambda: replace(evidence(), training="sample", rest_is_training=True, reproducer=answer)


def test_a_cross_validation_that_broke_off_later_is_not_the_newest(evidence: Read) -> None:
    _cross_validate("whole", INVENTED)
    _cross_validate("broken", INVENTED[:1], broken=True)
    assert cross_validation(evidence())[0].name == "whole"


def test_a_cross_validation_that_broke_off_is_said_where_there_is_no_other(evidence: Read) -> None:
    _cross_validate("broken", INVENTED[:1], broken=True)
    assert cross_validation(evidence())[0].name == "broken"


@pytest.mark.slow
def test_values_that_the_model_gives_on_no_folds_are_unmet(trained: Read) -> None:
    _cross_validate("cv-alpha1", INVENTED)
    with pytest.raises(Unmet, match="over the 5 folds of 'cv-alpha1'"):
        require_trained(trained(), cross_validations(trained()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "values", "params"),
    [
        ("cv-lasso", INVENTED, {}),
        ("cv-second", INVENTED, {"model": "KernelRidge"}),
        ("cv-two-columns", INVENTED, {"features": "bmi, bp"}),
        ("cv-one-fold", INVENTED[:1], {}),
    ],
)
def test_folds_of_another_model_or_a_single_one_are_not_judged(
    name: str, values: Sequence[float], params: dict[str, Any], trained: Read
) -> None:
    _cross_validate(name, values, **params)
    found = trained()
    require_trained(found, cross_validations(found))
    assert found.not_judged == []


@pytest.mark.slow
def test_folds_that_were_interrupted_are_not_judged(trained: Read) -> None:
    _cross_validate("cv-interrupted", INVENTED[:3], broken=True)
    found = trained()
    require_trained(found, cross_validations(found))
    assert found.not_judged == []


def test_an_error_below_zero_is_said_where_the_folds_are(evidence: Read) -> None:
    with mlflow.start_run(run_name="cv-alpha1"):
        mlflow.log_metrics({"cv_rmse_mean": -41.0, "cv_rmse_std": 1.0})
        for fold, value in enumerate((-40.0, -42.0)):
            with mlflow.start_run(nested=True):
                mlflow.log_param("fold", fold)
                mlflow.log_metric("rmse", value)
    with pytest.raises(Unmet, match="an error is not negative"):
        compare_with_folds(*cross_validation(evidence()))
