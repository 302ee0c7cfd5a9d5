import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from grading.lessons.m9_04.paired import (
    LOSS_NAMES,
    TEST_NAMES,
    corrected,
    effect_size,
    losses,
    meant,
    paired_test,
    required_n,
    same_p,
    sign_flips,
    significances,
    t_interval,
)

DRAWN = np.random.default_rng(1).normal(0.3, 1, 80)


def test_the_losses_of_numbers_are_absolute_squared_and_wrong() -> None:
    found = losses(pd.DataFrame({"y_true": [1.0, 2.0], "y_pred": [4.0, 2.0]}))
    assert {kind: values.tolist() for kind, values in found.items()} == {
        "zero_one": [1, 0],
        "absolute": [3, 0],
        "squared": [9, 0],
    }


def test_of_two_classes_the_score_gives_the_squared_loss() -> None:
    found = losses(pd.DataFrame({"y_true": [1, 0], "y_pred": [1, 1], "y_score": [0.9, 0.6]}))
    assert found["squared"] == pytest.approx([0.01, 0.36])
    assert found["zero_one"].tolist() == [0, 1]


def test_of_text_labels_there_is_only_right_and_wrong() -> None:
    assert losses(pd.DataFrame({"y_true": ["a", "b"], "y_pred": ["a", "a"]})).keys() == {"zero_one"}


def test_p_values_are_scipys() -> None:
    found = {each.test: each.p for each in reversed(list(significances(DRAWN)))}
    assert found["t"] == pytest.approx(stats.ttest_1samp(DRAWN, 0).pvalue)
    assert found["wilcoxon"] == pytest.approx(stats.wilcoxon(DRAWN).pvalue)
    assert "mcnemar" not in found


def test_mcnemars_test_is_of_the_rows_on_which_the_models_disagree() -> None:
    found = {each.test: each.p for each in significances(np.array([1.0] * 8 + [-1.0] * 2 + [0.0] * 50))}
    assert found["mcnemar"] == pytest.approx(stats.binomtest(8, 10).pvalue)


def test_models_that_lose_the_same_everywhere_do_not_differ() -> None:
    nothing = np.zeros(10)
    assert {each.test: each.p for each in significances(nothing)} == {"t": 1.0, "wilcoxon": 1.0, "mcnemar": 1.0}
    assert sign_flips(nothing, None).p == 1.0
    assert (effect_size(nothing), t_interval(nothing)) == (0.0, (0.0, 0.0))


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_permutation_test_by_scipy_or_by_hand_is_told_within_its_own_chance(shift: float, seed: int) -> None:
    difference = DRAWN - DRAWN.mean() + shift
    right = sign_flips(difference, None)
    random = np.random.default_rng(seed)
    by_scipy = stats.permutation_test(
        (difference, np.zeros(80)), lambda a, b, axis: np.mean(a - b, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=1999, rng=random,
    )  # fmt: skip
    by_hand = np.abs((random.choice([-1, 1], (1000, 80)) * difference).mean(axis=1)) >= abs(difference.mean())
    assert right.is_told_by(float(by_scipy.pvalue))
    assert right.is_told_by(float(by_hand.mean()))


def test_a_p_value_farther_off_than_chance_is_not_a_permutation_tests() -> None:
    right = sign_flips(DRAWN, 9999)
    assert right.p == pytest.approx(stats.ttest_1samp(DRAWN, 0).pvalue, abs=0.01)
    for claimed in (right.p + 0.05, right.p / 10, -0.01, math.nan):
        assert not right.is_told_by(claimed)


def test_who_says_more_draws_is_held_to_a_narrower_chance() -> None:
    assert sign_flips(DRAWN, 100_000).error < sign_flips(DRAWN, None).error < sign_flips(DRAWN, 300).error
    assert sign_flips(DRAWN, 1).error == sign_flips(DRAWN, 200).error


def test_a_p_value_that_is_rounded_to_three_decimals_is_the_same() -> None:
    assert same_p(0.031, 0.03095)
    assert not same_p(0.03, 0.03095)


def test_the_interval_is_that_of_the_paired_t_test() -> None:
    low, high = stats.ttest_rel(DRAWN, np.zeros(80)).confidence_interval(0.95)
    assert t_interval(DRAWN) == pytest.approx((low, high))


def test_holm_multiplies_the_smallest_p_value_by_the_number_of_tests() -> None:
    assert corrected([0.01, 0.04, 0.5], "holm") == pytest.approx([0.03, 0.08, 0.5])


@pytest.mark.parametrize(("effect", "pairs"), [(0.2, 199), (0.5, 34), (-0.5, 34)])
def test_the_required_n_is_that_of_the_textbooks(effect: float, pairs: int) -> None:
    found = required_n(effect, 0.05, 0.8)
    assert found is not None
    assert math.ceil(found) == pairs


@pytest.mark.parametrize("asked", [(0.0, 0.05, 0.8), (math.nan, 0.05, 0.8), (0.2, 0.0, 0.8), (0.2, 0.05, 1.0)])
def test_a_senseless_plan_has_no_required_n(asked: tuple[float, float, float]) -> None:
    assert required_n(*asked) is None


def test_a_loss_and_a_test_are_known_by_several_names() -> None:
    assert [meant(text, LOSS_NAMES) for text in ("absolute_error", "MAE", "0-1", "cosine")] == [
        "absolute", "absolute", "zero_one", None,
    ]  # fmt: skip
    assert [meant(text, TEST_NAMES) for text in ("scipy.stats.ttest_rel", "paired t-test", "Wilcoxon")] == [
        None, "t", "wilcoxon",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "test"),
    [("scipy.stats.ttest_rel", "t"), ("paired t-test of absolute errors", "t"), ("Wilcoxon signed-rank", "wilcoxon"),
     ("exact McNemar", "mcnemar"), ("scipy.stats.permutation_test", "permutation"), ("sign-flip test", "permutation"),
     ("permutation test of signs", "permutation"), ("paired permutation t-test", "permutation"),
     ("sign test", "mcnemar"), ("permutation_test (permutation_type='independent')", None), ("ttest_ind", None),
     ("unpaired t-test", None), ("Welch's t-test", None), ("mannwhitneyu", None), ("eyesight", None)],
)  # fmt: skip
def test_a_paired_test_is_known_by_its_words_and_an_unpaired_one_is_none(text: str, test: str | None) -> None:
    assert paired_test(text) == test
