from collections.abc import Callable

import mlflow
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from grading.errors import Outcome, Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.ab_test import find_tests, judge_tests, judge_verdicts, verdict_of
from grading.lessons.m9_04.paired import corrected

pytestmark = pytest.mark.slow

Read = Callable[[], Evidence]
TRUE = np.arange(40.0) * 3 + 0.5
SAID = {name: TRUE + np.random.default_rng(n).normal(0, 2 + n, 40) for n, name in enumerate("abc")}


@pytest.fixture
def finals(tracking: str) -> None:
    """Three final runs that answered for the same forty rows."""
    for name, predicted in SAID.items():
        log_final(name, predicted)


def log_final(name: str, predicted: np.ndarray, rows: range = range(40)) -> None:
    table = pd.DataFrame({"row": rows, "y_true": TRUE, "y_pred": predicted})
    with mlflow.start_run(run_name=name):
        mlflow.log_text(table.to_csv(index=False), "predictions.csv")


def right_table() -> pd.DataFrame:
    rows = []
    for other in "bc":
        gap = np.abs(SAID["a"] - TRUE) - np.abs(SAID[other] - TRUE)
        test = stats.ttest_1samp(gap, 0)
        low, high = test.confidence_interval(0.95)
        rows.append(["a", other, 40, gap.mean(), low, high, gap.mean() / gap.std(ddof=1), test.pvalue])
    names = ["a", "b", "n", "mean_difference", "low", "high", "effect_size", "p_value"]
    table = pd.DataFrame(rows, columns=names)
    table["p_corrected"] = corrected(list(table["p_value"]), "holm")
    return table.assign(verdict=np.where(table["p_corrected"] < 0.05, "different", "no difference"))


def log_tests(table: pd.DataFrame, **params: str) -> None:
    with mlflow.start_run(run_name="ab-test"):
        mlflow.log_params(params)
        mlflow.log_text(table.to_csv(index=False), "ab_tests.csv")


@pytest.mark.usefixtures("finals")
def test_what_the_predictions_give_is_right_either_way_round(evidence: Read) -> None:
    table = right_table()
    for each, note in ((table, ""), (_turned(table), "b minus a: above zero, a errs less")):
        log_tests(each)
        told = judge_tests(evidence(), find_tests(evidence()))
        assert "a and b: p = " in told
        assert told.endswith(note)
        judge_verdicts(evidence(), find_tests(evidence()))


def _turned(table: pd.DataFrame) -> pd.DataFrame:
    """The same tests with differences of b minus a."""
    return table.assign(
        mean_difference=-table["mean_difference"], low=-table["high"], high=-table["low"],
        effect_size=-table["effect_size"],
    )  # fmt: skip


@pytest.mark.usefixtures("finals")
def test_differences_that_are_turned_in_one_line_only_are_unmet(evidence: Read) -> None:
    table = right_table()
    log_tests(pd.concat([table.head(1), _turned(table).tail(1)]))
    with pytest.raises(Unmet, match="a minus b in every line"):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
@pytest.mark.parametrize("column", ["n", "mean_difference", "low", "high", "effect_size", "p_value"])
def test_a_number_that_the_predictions_do_not_give_is_unmet(evidence: Read, column: str) -> None:
    table = right_table()
    table[column] += 1
    log_tests(table)
    with pytest.raises(Unmet):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
def test_another_test_than_the_one_that_was_said_is_unmet(evidence: Read) -> None:
    log_tests(right_table(), loss="absolute_error", test="wilcoxon")
    with pytest.raises(Unmet, match="paired wilcoxon test"):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
@pytest.mark.parametrize(
    "params", [{"test": "permutation test of signs"}, {"test": "sign-flip", "n_resamples": "9999"}]
)
def test_a_drawn_p_value_counts_within_its_chance_and_is_corrected_as_it_was_drawn(
    evidence: Read, params: dict[str, str]
) -> None:
    table, random = right_table(), np.random.default_rng(5)
    for place, other in enumerate("bc"):
        gap = np.abs(SAID["a"] - TRUE) - np.abs(SAID[other] - TRUE)
        flipped = (random.choice([-1, 1], (9999, 40)) * gap).mean(axis=1)
        table.loc[place, "p_value"] = (np.abs(flipped) >= abs(gap.mean())).mean()
    table["p_corrected"] = corrected(list(table["p_value"]), "holm")
    log_tests(table, loss="absolute_error", **params)
    judge_tests(evidence(), find_tests(evidence()))
    judge_verdicts(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
def test_a_p_value_that_no_permutation_gives_is_unmet_and_the_message_says_how_near_it_must_be(evidence: Read) -> None:
    log_tests(right_table().assign(p_value=0.9), loss="absolute_error", test="permutation")
    with pytest.raises(Unmet, match=r"within 0\.\d+, of the paired permutation test"):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
def test_p_values_that_were_not_corrected_are_unmet(evidence: Read) -> None:
    table = right_table()
    log_tests(table.assign(p_corrected=table["p_value"]))
    with pytest.raises(Unmet, match="by holm over 2 tests"):
        judge_verdicts(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
def test_predictions_of_other_rows_cannot_be_paired(evidence: Read) -> None:
    log_final("c", SAID["c"], range(1, 41))
    log_tests(right_table())
    with pytest.raises(Unmet, match="for the same rows"):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.usefixtures("finals")
@pytest.mark.parametrize(
    "table",
    [
        right_table().head(1),
        right_table().assign(b="a"),
        right_table().assign(b="b"),
        right_table().assign(b="nobody"),
        right_table().drop(columns="n"),
        right_table().assign(p_value="small"),
        pd.DataFrame({"a": [1]}),
    ],
)
def test_a_table_that_lacks_something_is_unmet_and_no_crash(evidence: Read, table: pd.DataFrame) -> None:
    log_tests(table)
    with pytest.raises(Outcome):
        judge_tests(evidence(), find_tests(evidence()))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("different", "different"), ("Significant!", "different"), ("True", "different"), ("a is better", "different"),
     ("no difference", "no difference"), ("not significant", "no difference"), ("False", "no difference"),
     ("too few patients", "too few patients"), ("Inconclusive", "too few patients"), ("maybe", ""), ("", "")],
)  # fmt: skip
def test_a_verdict_is_known_in_several_words(text: str, meaning: str) -> None:
    assert verdict_of(text) == meaning
