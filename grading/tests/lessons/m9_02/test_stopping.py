import math
from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.stopping import StoppingRule, judge_stop, read_rule

PRUNED = math.nan
RUN = Run("r", "study", "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/no")))


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


def test_the_rule_is_read_from_the_params() -> None:
    params = {"patience": "3", "min_delta": "-0.5", "max_trials": "50", "min_trials": "10"}
    assert read_rule(replace(RUN, params=params)) == StoppingRule(3, 0.5, 50, least=10)


@pytest.mark.parametrize("params", [{}, {"patience": "three"}, {"patience": "inf", "min_delta": "0", "budget": "9"}])
def test_a_rule_without_its_numbers_is_unmet(params: dict[str, str]) -> None:
    with pytest.raises(Unmet):
        read_rule(replace(RUN, params=params))


@pytest.mark.parametrize(("most", "values"), [(50, [5, 4, 4, 4]), (4, [5, 4, 4, 3])])
def test_a_study_may_stop_where_the_rule_fires_or_the_budget_ends(most: int, values: list[float]) -> None:
    assert judge_stop(StoppingRule(2, 0.0, most), values)


@pytest.mark.parametrize(("most", "values"), [(50, [5, 4, 3]), (50, [5, 4, 4, 4, 4, 4]), (2, [5, 4, 4])])
def test_a_study_that_stops_sooner_or_later_is_unmet(most: int, values: list[float]) -> None:
    with pytest.raises(Unmet):
        judge_stop(StoppingRule(2, 0.0, most), values)
