import math
from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.tables import find_table, finite, plain, said

Read = Callable[[], Evidence]


def log_table(text: str, name: str = "groups.csv", run: str = "a run") -> None:
    with mlflow.start_run(run_name=run):
        mlflow.log_text(text, name)


def test_a_table_is_found_by_a_word_in_its_name_the_newest_first(evidence: Read) -> None:
    log_table("n\n1\n")
    log_table("n\n2\n", "results_by_group.csv", "another")
    found = find_table(evidence(), ("group",), "groups.csv")
    assert (found.owner.name, found.numbers("n")) == ("another", [2.0])


def test_columns_are_known_by_any_of_their_names(evidence: Read) -> None:
    log_table("Mean Difference,metrics.rmse\n1,2\n")
    table = find_table(evidence(), ("group",), "groups.csv")
    assert table.required("diff", "mean_difference") == "Mean Difference"
    assert table.column("rmse") == "metrics.rmse"
    with pytest.raises(Unmet, match="a column p_value"):
        table.required("p_value", "p")


def test_rows_name_runs_by_id_or_name(evidence: Read) -> None:
    log_table("run,n\na run,1\n")
    table = find_table(evidence(), ("group",), "groups.csv")
    assert [run.name for run in table.runs(evidence().runs)] == ["a run"]
    with pytest.raises(Unmet, match="runs in the column n"):
        table.runs(evidence().runs, "n")


def test_a_run_that_was_replaced_is_called_an_older_one_of_its_name(evidence: Read) -> None:
    with mlflow.start_run(run_name="ridge") as older:
        pass
    log_table(f"run_id,n\n{older.info.run_id},1\n", run="ridge")
    table = find_table(evidence(), ("group",), "groups.csv")
    with pytest.raises(Unmet, match="older runs of that name: 'ridge'"):
        table.runs(evidence().runs[-1:])


def test_a_run_of_another_experiment_is_named_with_it(evidence: Read) -> None:
    with mlflow.start_run(run_name="tumours") as strange:
        pass
    mlflow.set_experiment("my own")
    log_table(f"run_id,n\n{strange.info.run_id},1\n")
    table = find_table(evidence(), ("group",), "groups.csv")
    with pytest.raises(Unmet, match="'tumours' of "):
        table.runs(evidence().runs[-1:])


@pytest.mark.parametrize("text", ["n\nten\n", "n\n\n,\n", "n\ninf\n", "n\nnan\n", "n\n1e305\n"])
def test_what_is_no_finite_number_is_unmet(evidence: Read, text: str) -> None:
    log_table(text)
    with pytest.raises(Unmet):
        find_table(evidence(), ("group",), "groups.csv").numbers("n")


@pytest.mark.parametrize(
    ("name", "text"),
    [("groups.csv", ""), ("groups.csv", "a,b\n"), ("groups.csv", 'a,"b\n'), ("groups.json", "[" * 100_000),
     ("groups.json", '{"columns": 1, "data": 2}'), ("groups.json", "null"), ("groups.csv", "n\n" + "1\n" * 20_000)],
)  # fmt: skip
def test_a_file_that_is_no_table_is_unmet_and_no_crash(evidence: Read, name: str, text: str) -> None:
    log_table(text, name)
    with pytest.raises(Unmet):
        find_table(evidence(), ("group",), "groups.csv")


def test_what_a_run_says_is_found_among_params_and_tags(evidence: Read) -> None:
    with mlflow.start_run(tags={"Loss": "absolute"}):
        mlflow.log_param("required-n", 7)
    (run,) = evidence().runs
    assert (said(run, "required_n"), said(run, "loss"), said(run, "alpha")) == ("7", "absolute", "")


@pytest.mark.parametrize(("text", "value"), [("1e-3", 0.001), (" 5 ", 5.0), ("inf", None), ("five", None), ("", None)])
def test_a_text_says_a_finite_number_or_none(text: str, value: float | None) -> None:
    assert finite(text) == value
    assert finite(math.nan) is None


def test_a_plain_name_has_neither_signs_nor_prefix() -> None:
    assert plain("metrics.cv_RMSE-mean") == "cvrmsemean"
