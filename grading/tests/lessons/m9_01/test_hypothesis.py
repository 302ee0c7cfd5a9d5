import pytest

from grading.lessons.m9_01.hypothesis import is_hypothesis, telling_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("diabetes-progression", ["diabetes", "progression"]),
        ("diabetesProgression 2", ["diabetes", "progression"]),
        ("my first test of the model", []),
        ("wine_experiment", ["wine"]),
    ],
)
def test_words_such_as_my_and_test_tell_nothing(name: str, words: list[str]) -> None:
    assert telling_words(name) == words


@pytest.mark.parametrize(
    "note",
    [
        "a test RMSE below 60 points",
        "at least 95 % of tumours are found",
        "the error falls by a tenth",
        "RMSE is < 60",
        "an RMSE of 60 points or less",
        "a test RMSE no higher than 60",
        "the RMSE is 20 % lower than that of the mean",
        "it misses by 15 points less than always saying the mean",
        "an RMSE of max. 65 points",
        "a Ridge gets a RMSE smaller than 60 points",
        "an R2 greater than 0.4",
        "the RMSE goes from 76 to 55",
        "60 points of error at most",
    ],
)
def test_a_comparison_with_a_number_is_a_hypothesis(note: str) -> None:
    assert is_hypothesis(note)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "below 60",
        "60 points of error",
        "we expect it to be better than before",
        "a linear model on ten measurements is better than the mean",
    ],
)
def test_a_note_without_either_is_none(note: str) -> None:
    assert not is_hypothesis(note)
