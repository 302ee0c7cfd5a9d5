"""Candidates trained again: values that their settings give are taken, whatever seed and order; others are not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import ElasticNet
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import KFold

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.retrained import require_candidate
from grading.marking.training.subject import Subject, subject_of
from grading.tests.lessons.m9_02.test_candidates import a_run
from grading.tests.marking.training.runs import answer, fitted, log_run, rows_of

pytestmark = pytest.mark.slow
HELD_OUT = {row: fold for fold, (_, held) in enumerate(KFold(5, shuffle=True, random_state=3).split(rows_of()[1]))
            for row in rows_of()[1].index[held]}  # fmt: skip


def _forest(**settings: Any) -> RandomForestRegressor:
    return RandomForestRegressor(**{"n_estimators": 12, "random_state": 0} | settings)


def _folds(model: Any, order: list[Any] | None = None) -> tuple[float, ...]:
    """The model's error in each fold; `order`: that of the training rows."""
    train = rows_of()[1].loc[order or rows_of()[1].index.tolist()]
    X, y, fold = train.drop(columns="progression"), train["progression"], train.index.map(HELD_OUT)
    return tuple(
        root_mean_squared_error(y[fold == n], model.fit(X[fold != n], y[fold != n]).predict(X[fold == n]))
        for n in range(5)
    )


@pytest.fixture
def subject(evidence: Callable[[], Evidence]) -> Callable[[Any], Subject]:
    """The final run with this model, to be trained again."""

    def log(model: Any) -> Subject:
        _, train, test = rows_of()
        log_run(fitted(model, train), test)
        found = replace(evidence(), training="sample", reproducer=answer)
        return subject_of(found, found.main_run)

    return log


def _candidate(folds: tuple[float, ...], **settings: Any) -> Candidate:
    run = a_run("trial-3")
    return Candidate(run, {name: str(value) for name, value in settings.items()}, "rmse", folds, None, None)


def test_values_of_the_settings_are_taken(subject: Callable[[Any], Subject]) -> None:
    candidate = _candidate(_folds(ElasticNet(alpha=0.5)), alpha=0.5)
    require_candidate(subject(ElasticNet(alpha=0.1)), candidate, HELD_OUT, (("alpha", 0.5),))


def test_values_of_other_settings_are_unmet(subject: Callable[[Any], Subject]) -> None:
    candidate = _candidate(_folds(ElasticNet(alpha=0.4)), alpha=0.5)
    with pytest.raises(Unmet, match=r"which alpha = 0\.5 gives"):
        require_candidate(subject(ElasticNet(alpha=0.1)), candidate, HELD_OUT, (("alpha", 0.5),))


@pytest.mark.parametrize("seed", [None, 11])
def test_values_of_a_forest_with_another_seed_or_none_are_taken(
    seed: int | None, subject: Callable[[Any], Subject]
) -> None:
    candidate = _candidate(_folds(_forest(max_depth=3, random_state=seed)), max_depth=3)
    require_candidate(subject(_forest()), candidate, HELD_OUT, (("max_depth", 3),))


def test_values_of_a_forest_that_had_the_rows_in_another_order_are_taken(subject: Callable[[Any], Subject]) -> None:
    candidate = _candidate(_folds(_forest(max_depth=3), sorted(HELD_OUT, key=lambda row: -row)), max_depth=3)
    by_fold = dict(sorted(HELD_OUT.items(), key=lambda pair: pair[1]))
    require_candidate(subject(_forest()), candidate, by_fold, (("max_depth", 3),))


def test_invented_values_of_a_forest_are_unmet(subject: Callable[[Any], Subject]) -> None:
    candidate = _candidate((40.0, 41.0, 42.0, 43.0, 44.0), max_depth=3)
    with pytest.raises(Unmet, match="fold 0 of 'trial-3'"):
        require_candidate(subject(_forest()), candidate, HELD_OUT, (("max_depth", 3),))
