"""Which numbers of a conclusion are the run's: what it logged, and how far that lies from what others logged."""

from dataclasses import replace
from pathlib import Path

import pytest

from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.marking.quoted_numbers import quotes

FIRST = Run("1", "ridge", "FINISHED", False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/no")))
TUNED = replace(FIRST, metrics={"test_rmse": 53.98, "test_mae": 43.06, "test_r2": 0.4948, "train_rmse": 50.12})
BASELINE = replace(FIRST, id="2", metrics={"test_rmse": 54.41, "test_mae": 44.0, "test_r2": 0.4804})


@pytest.mark.parametrize(
    "text",
    [
        "It misses by about 43 points.",
        "Its test RMSE is 53.98, in the end.",
        "It explains 49 % of the variance.",
        "Tuning lowers the error by 0.43 points.",
        "R2 rises by 3 % against the untouched model.",
        "The error is 0.8 % smaller than the baseline's.",
        "We gain 1.4 points of R2 in a hundred.",
        "The baseline is 0.43 points worse.",
        "On new patients the error is 1.08 times that in training.",
        "Between training and test lie 3.86 points.",
    ],
)
def test_a_metric_and_its_distance_from_anothers_are_quoted(text: str) -> None:
    assert quotes(text, TUNED, [TUNED, BASELINE])


@pytest.mark.parametrize(
    "text",
    [
        "Tuning lowers the error by 9.9 points.",
        "R2 rises by 12 %.",
        "The difference is 0.43 points.",
        "It differs by 0 points, and is 1 time as large.",
        "We trained in 2024, with 442 patients and 10 columns.",
        "The model is clearly better than the mean.",
    ],
)
def test_another_number_is_not_and_a_distance_needs_a_run_to_compare_with(text: str) -> None:
    assert not quotes(text, TUNED)


def test_a_distance_counts_only_in_a_sentence_that_compares() -> None:
    assert not quotes("Version 0.43 of the library. It is better.", TUNED, [BASELINE])
    assert quotes("It is better; by 0.43 points.", TUNED, [BASELINE])
