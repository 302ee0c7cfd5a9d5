"""What a run's model learned from: honest styles are let through, and each other way of training is named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import SGDRegressor
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Reproduction
from grading.marking.training.learned import learned
from grading.tests.marking.training.runs import FILE, fitted, forest, learned_from, log_run, ridge, rows_of

pytestmark = pytest.mark.slow
Trained = Callable[..., Evidence]


@pytest.mark.parametrize("model", [ridge(), ridge(5.0, solver="sag", random_state=1, tol=1e-4), forest()])
def test_a_model_of_the_training_rows_is_taken_and_its_rows_are_known(
    model: Any, trained: Callable[..., Evidence]
) -> None:
    _, train, test = rows_of()
    log_run(fitted(model, train), test)
    found = learned_from(trained())
    assert (found.fault, set(found.rows)) == ("", set(train.index))


def test_a_model_without_a_seed_is_taken_within_its_own_scatter(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(forest(None), train), test)
    evidence = trained()
    assert (learned_from(evidence).fault, evidence.not_judged) == ("", [])


def test_a_model_without_a_seed_that_saw_the_test_rows_is_not_within_it(trained: Callable[..., Evidence]) -> None:
    whole, _, test = rows_of()
    log_run(fitted(RandomForestRegressor(12, random_state=None), whole), test)
    assert learned_from(trained()).fault == "rows"


def test_rows_in_another_order_are_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(forest(), train.sort_index()), test)
    found = learned_from(trained())
    assert (found.fault, list(found.rows)) == ("", sorted(train.index))


def test_test_rows_that_were_learned_from_are_found(trained: Callable[..., Evidence]) -> None:
    whole, _, test = rows_of()
    log_run(fitted(ridge(), whole), test)
    with pytest.raises(Unmet, match=r"all 309 rows of .*, test rows included"):
        learned_from(trained()).require("rows")


def test_test_rows_that_were_learned_from_are_found_where_no_lesson_says_the_rows(
    trained: Callable[..., Evidence],
) -> None:
    whole, _, test = rows_of()
    log_run(fitted(ridge(), whole), test)
    assert learned_from(trained(rest=False)).fault == "rows"


def test_the_model_of_one_fold_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    for fit, _ in KFold(5, shuffle=True, random_state=42).split(train):
        model = fitted(ridge(), train.iloc[fit])
    log_run(model, test)
    with pytest.raises(Unmet, match="trained on the 185 rows of fold 4"):
        learned_from(trained()).require("rows")


def test_parameters_set_after_the_fit_are_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train).set_params(ridge__alpha=100.0), test)
    with pytest.raises(Unmet, match=r"alpha = 100\.0 a model predicts otherwise, with alpha = 1\.0 just the same"):
        learned_from(trained()).require("parameters")


def test_another_file_than_the_recorded_one_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train), test, source=FILE.with_name("diabetes_v2.csv"))
    with pytest.raises(Unmet, match=r"trained on .*_v2.csv, and just the same on .*_v1.csv"):
        learned_from(trained()).require("data")


def test_test_rows_that_were_dropped_are_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train), test.sort_values("progression").head(60))
    with pytest.raises(Unmet, match="18 rows are in neither"):
        learned_from(trained()).require("rows")


def test_a_few_training_rows_are_found_where_the_lesson_says_all(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train.head(17)), test)
    with pytest.raises(Unmet, match=r"trained again on the other 231 rows of .*, it predicts otherwise"):
        learned_from(trained()).require("rows")


def test_a_few_training_rows_are_not_judged_where_nothing_says_which(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train.head(17)), test)
    evidence = trained(rest=False)
    assert (learned_from(evidence).fault, len(evidence.not_judged)) == ("", 1)


def test_nothing_is_trained_where_nobody_asked(evidence: Callable[[], Evidence]) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train), test)
    assert learned(evidence(), evidence().main_run) is None


def _permuted(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    whole = rows_of()[0]
    order = np.random.default_rng(seed).permutation(len(whole))
    return whole.iloc[order[78:]], whole.iloc[order[:78]]


def _sampled(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    whole = rows_of()[0]
    train = whole.sample(frac=0.75, random_state=seed)
    return train, whole.drop(train.index)


def _of_another_size(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    train, test = train_test_split(rows_of()[0], test_size=0.15, random_state=seed)
    return train, test


def _by_hand(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    order = rows_of()[0].assign(key=lambda t: (t.index * 7919 + seed) % 10007).sort_values("key").drop(columns="key")
    return order.iloc[90:], order.iloc[:90]


@pytest.mark.parametrize("split", [_permuted, _sampled, _of_another_size])
def test_the_order_of_the_rows_is_known_of_other_ways_to_split(split: Any, trained: Trained) -> None:
    train, test = split(7)
    log_run(fitted(forest(), train), test, params={"random_state": 0, "split_seed": 7})
    found = learned_from(trained())
    assert (found.fault, list(found.rows)) == ("", train.index.tolist())


def test_a_forest_whose_order_of_rows_nobody_can_guess_is_taken(trained: Trained) -> None:
    train, test = _by_hand(5)
    log_run(fitted(forest(), train), test)
    evidence = trained()
    assert (learned_from(evidence).fault, evidence.not_judged) == ("", [])


def test_a_forest_whose_order_nobody_can_guess_and_that_saw_the_test_rows_is_not(trained: Trained) -> None:
    train, test = _by_hand(5)
    log_run(fitted(RandomForestRegressor(30, random_state=0), pd.concat([train, test]).sort_values("bmi")), test)
    assert learned_from(trained()).fault == "rows"


def test_a_model_that_may_have_been_trained_in_steps_is_not_judged(trained: Trained) -> None:
    _, train, test = rows_of()
    model = make_pipeline(StandardScaler(), SGDRegressor(max_iter=1, tol=None, eta0=0.001, random_state=0))
    fitted(model, train)
    X_train = model[0].transform(train.drop(columns="progression"))
    for _ in range(100):
        model[1].partial_fit(X_train, train["progression"])
    log_run(model, test)
    evidence = trained()
    assert (learned_from(evidence).fault, len(evidence.not_judged)) == ("", 1)


def test_a_process_that_dies_while_it_trains_is_nobodys_fault(trained: Trained) -> None:
    _, train, test = rows_of()
    log_run(fitted(ridge(), train.head(17)), test)
    evidence = trained()
    ask = evidence.reproducer
    evidence.reproducer = lambda request: (
        ask(request) if len(request.fits) < 2 else Reproduction(problem="the process died")
    )
    assert learned_from(evidence).fault == ""
    assert "the process died" in evidence.not_judged[0]
