from collections.abc import Callable

import mlflow
import pytest

from grading import experiment_log
from grading.errors import StoreError
from grading.experiment_log import PERSONAL, TEMPLATE, fill, problems_of
from grading.store import Run, open_store

TOLD = {name: f"What a person says of the {name}." for name in PERSONAL}


@pytest.fixture
def logged(tracking: str) -> Callable[[], tuple[str, Run]]:
    """A run with a metric, and its log; both read from a real store."""
    with mlflow.start_run(run_name="ridge") as run:
        mlflow.log_param("alpha", 1)
        mlflow.log_metrics({"test_r2": 0.48641, "test_rmse": 54.4213})

    def read(**personal: str) -> tuple[str, Run]:
        return experiment_log(run.info.run_id, **(personal or TOLD)), open_store(tracking).runs[0]

    return read


def test_a_filled_log_is_true_and_complete(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    assert list(problems_of(text, run)) == []
    assert "| test_r2 | 0.48641 |" in text
    assert "ridge" in text


def test_what_only_a_person_can_say_is_marked_as_missing(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged(objective="Something to reach.")
    assert text.count("_missing_") == len(PERSONAL) - 1
    assert "placeholder" in next(problems_of(text, run))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("0.48641", "0.488", "test_r2 is 0.488 in the log"),
        ("54.4213", "54", "test_rmse is 54 in the log"),
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


@pytest.mark.parametrize("written", ["0.486", "0.49", "0.48641"])
def test_a_number_may_be_rounded_as_it_is_written(logged: Callable[..., tuple[str, Run]], written: str) -> None:
    text, run = logged()
    assert list(problems_of(text.replace("0.48641", written), run)) == []


def test_a_log_without_a_test_metric_says_nothing(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    without = "\n".join(line for line in text.splitlines() if not line.startswith("| test_"))
    assert list(problems_of(without, run)) == ["no test metric of the run among its numbers"]


def test_a_personal_field_that_is_not_known_or_not_text_is_refused(logged: Callable[..., tuple[str, Run]]) -> None:
    _, run = logged()
    with pytest.raises(TypeError, match="found mood"):
        experiment_log(run.id, mood="good")
    with pytest.raises(TypeError, match="found objective"):
        experiment_log(run.id, objective=...)  # type: ignore[arg-type]


def test_a_run_that_does_not_exist_is_said(tracking: str) -> None:
    with pytest.raises(StoreError, match="expected one run with id 'nobody'"):
        experiment_log("nobody")


def test_the_template_asks_for_nothing_that_cannot_be_filled() -> None:
    assert "[" not in fill(TEMPLATE.read_text("utf-8"), {}).replace("](", "")
