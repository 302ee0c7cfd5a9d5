"""A log read back against its run: gaps, placeholders, and numbers that are not the run's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grading.evidence.log_reading import problems_of
from grading.evidence.store import Run
from grading.tests.conftest import logging_to
from grading.tests.documents.logged_runs import ACCURACY, log_of_everything, log_of_ridge


@pytest.fixture
def logged(tracking: str) -> Callable[..., tuple[str, Run]]:
    return log_of_ridge(tracking)


@pytest.fixture(scope="module")
def full(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run]:
    with logging_to(empty_store, tmp_path_factory.mktemp("full")) as uri:
        return log_of_everything(uri)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("0.48641", "0.488", "test_r2 is 0.488 in the text"),
        ("54.4213", "54", "test_rmse is 54 in the text"),
        ("54.4213", "5.45e+01", "test_rmse is 5.45e+01 in the text"),
        ("0.48641", "0.482 ± 0.04", "test_r2 is 0.482 in the text"),
        ("## Conclusion", "## Something else", "no section 'Conclusion'"),
        ("What a person says of the objective.", "[objective]", "a placeholder left"),
        ("What a person says of the conclusion.", "TODO: write it", "a placeholder left"),
        ("What a person says of the conclusion.", "...", "a placeholder left"),
    ],
)
def test_a_log_is_read_back_against_its_run(
    logged: Callable[..., tuple[str, Run]], before: str, after: str, problem: str
) -> None:
    text, run = logged()
    assert before in text
    assert problem in " ".join(problems_of(text.replace(before, after), run))


@pytest.mark.parametrize("written", ["0.486", "0.49", "0.48641", "0.486 (0.41 to 0.55)", "4.86e-01"])
def test_a_number_may_be_rounded_as_it_is_written(logged: Callable[..., tuple[str, Run]], written: str) -> None:
    text, run = logged()
    assert list(problems_of(text.replace("0.48641", written), run)) == []


@pytest.mark.parametrize(
    ("row", "true"),
    [
        ("| this run | 54.42 | 0.486 |", True),
        ("| **ridge** | 54.42 | 0.486 |", True),
        ("| this run | 54.42 | 0.489 |", False),
        ("| the mean | 76.1 | 0.0 |", True),
    ],
)
def test_of_a_table_of_models_the_runs_own_row_is_read(
    logged: Callable[..., tuple[str, Run]], row: str, true: bool
) -> None:
    text, run = logged()
    by_hand = f"## Results\n\n| Model | test RMSE | test R2 |\n| --- | --- | --- |\n{row}\n"
    assert (list(problems_of(text.replace("## Results\n", by_hand), run)) == []) is true


def test_a_log_by_hand_with_five_sections_is_enough(logged: Callable[..., tuple[str, Run]]) -> None:
    _, run = logged()
    sections = dict.fromkeys(("Overview", "Data", "Configuration", "Conclusion"), "Some words about it.")
    text = "\n".join(f"## {name}\n{body}" for name, body in (sections | {"Results": "test_rmse = 54.42"}).items())
    assert list(problems_of(text, run)) == []


@pytest.mark.parametrize(
    "said",
    ["test RMSE 54.4213, test R2 0.4864, train RMSE 52.7", "test_rmse 54.42", "The test RMSE reaches about 54.4 points",
     "test R2 (48.6 %)", "test RMSE ≈ 54"],
)  # fmt: skip
def test_a_number_beside_a_metrics_name_is_its_value_without_a_colon(
    logged: Callable[..., tuple[str, Run]], said: str
) -> None:
    _, run = logged()
    sections = dict.fromkeys(("Overview", "Data", "Configuration", "Conclusion"), "Some words about it.")
    text = "\n".join(f"## {name}\n{body}" for name, body in (sections | {"Results": said}).items())
    assert list(problems_of(text, run)) == []


@pytest.mark.parametrize("said", ["test_rmse 5 points lower than the mean's", "test RMSE 99.1234"])
def test_another_number_beside_a_metrics_name_is_neither_its_value_nor_a_mistake(
    logged: Callable[..., tuple[str, Run]], said: str
) -> None:
    text, run = logged()
    assert list(problems_of(f"{text}\n## Results again\n\n{said}.\n", run)) == []
    without = "\n".join(line for line in text.splitlines() if not line.startswith("| test_"))
    assert list(problems_of(f"{without}\n## Results again\n\n{said}.\n", run)) == [
        "no test metric of the run among its numbers"
    ]


def test_a_log_without_a_test_metric_says_nothing(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    without = "\n".join(line for line in text.splitlines() if not line.startswith("| test_"))
    assert list(problems_of(without, run)) == ["no test metric of the run among its numbers"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| test_accuracy | {:.6g} |", "| test_accuracy | {:.3f} |"),  # the results
        ("| **this run** | {:.6g} |", "| **this run** | {:.3f} |"),  # the baselines
        ("| all rows | 120 | {:.4g} ", "| all rows | 120 | {:.3f} "),  # the groups
    ],
)
def test_a_false_third_decimal_is_found_wherever_it_stands(full: tuple[str, Run], before: str, after: str) -> None:
    text, run = full
    assert before.format(ACCURACY) in text
    false = text.replace(before.format(ACCURACY), after.format(ACCURACY + 0.002))
    assert any("test_accuracy is" in problem for problem in problems_of(false, run))


def test_a_false_last_value_of_a_curve_is_found(full: tuple[str, Run]) -> None:
    text, run = full
    line = next(line for line in text.splitlines() if line.startswith("| 50 (last) |"))
    value = f"{run.metrics['val_loss']:.6g}"
    assert value in line
    assert list(problems_of(text.replace(line, line.replace(value, "0.072")), run)) == [
        f"val_loss is 0.072 in the text and {value} in the run"
    ]


GOALS = """
**Hypothesis.** test_rmse is 60 or less.

**Success criterion.** A test_rmse of 53 or less.

**What the experiment is about, by its own description.** Success: test_rmse = 53 or less, `test_rmse` >= 0.45.

## Next steps

Tune until test_rmse is 50.

## Results

test_rmse is 54.4213.
"""


def test_a_goal_is_no_result(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    assert list(problems_of(text + GOALS, run)) == []


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("test_rmse is 54", True),
        ("test_rmse is 54.4", True),
        ("test_rmse: 54.421300000000002", True),
        ("test_rmse is 55", False),
        ("test_r2 is 48.6 %", True),
        ("test_r2 is 49 %", True),
        ("test_r2 is 52 %", False),
        ("the baseline's test_rmse is 76", True),
        ("the baseline's test RMSE is 76", True),
        ("the difference in test RMSE is 0.43 points", True),
        ("The gain in test_rmse was 0.43 points", True),
        ("test_rmse is 76", False),
    ],
)
def test_a_sentence_may_round_give_a_share_and_name_anothers_value(
    logged: Callable[..., tuple[str, Run]], said: str, true: bool
) -> None:
    text, run = logged()
    assert (list(problems_of(f"{text}\n## Results again\n\n{said}.\n", run)) == []) is true
