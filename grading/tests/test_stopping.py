import math

import pytest

from grading.stopping import StoppingRule

PRUNED = math.nan


def test_it_fires_after_patience_trials_without_a_gain() -> None:
    rule = StoppingRule(patience=3, min_delta=0.0, most=50)
    assert 5 in rule.fires_after([5, 4, 4, 4, 4])
    assert rule.never_fires([5, 4, 4, 4])


def test_a_gain_below_min_delta_does_not_count() -> None:
    rule = StoppingRule(patience=2, min_delta=0.5, most=50)
    assert rule.fires_after([5, 4.9, 4.8]) == {3}


def test_small_gains_may_be_summed_up_or_not() -> None:
    rule = StoppingRule(patience=3, min_delta=0.5, most=50)
    assert rule.fires_after([5, 4.7, 4.4, 4.3, 4.2, 4.1]) == {4, 6}


def test_a_pruned_trial_may_count_or_not() -> None:
    rule = StoppingRule(patience=2, min_delta=0.0, most=50)
    assert rule.fires_after([5, PRUNED, PRUNED, 6, 6]) == {3, 5}


@pytest.mark.parametrize(("higher", "values"), [(True, [0.9, 0.8, 0.8]), (False, [0.1, 0.2, 0.2])])
def test_better_is_higher_or_lower(higher: bool, values: list[float]) -> None:
    assert StoppingRule(2, 0.0, 50, higher).fires_after(values) == {3}
    assert StoppingRule(2, 0.0, 50, not higher).fires_after(values) != {3}


def test_it_is_not_asked_before_the_least_number_of_trials() -> None:
    assert StoppingRule(2, 0.0, 50, least=5).fires_after([1, 2, 2, 2, 2, 2]) == {5}


def test_every_trial_better_than_the_last_never_fires() -> None:
    rule = StoppingRule(2, 0.0, 50)
    assert rule.fires_after([5, 4, 3, 2, 1]) == set()
    assert rule.never_fires([5, 4, 3, 2, 1])
