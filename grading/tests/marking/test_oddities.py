"""Whatever a student's files and rows hold, a check says so: it is never our error, and never takes for ever."""

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from PIL import Image

from grading.evidence.data_files import DATA
from grading.evidence.evidence import Evidence
from grading.evidence.log_reading import problems_of
from grading.evidence.metric_name import parse
from grading.evidence.open_store import open_store
from grading.marking.grader import checks_of, run_checks
from grading.marking.lesson import Lesson
from grading.marking.verdict import CheckResult, Verdict

TABLE = pd.read_csv(DATA / "diabetes_v1.csv").head(40)
GOOD = pd.DataFrame({"row": TABLE["row"], "y_true": TABLE["progression"], "y_pred": TABLE["progression"] + 1})
Judge = Callable[..., dict[str, CheckResult]]


@pytest.fixture
def judge(tracking: str, lesson: Lesson, evidence: Callable[[], Evidence]) -> Judge:
    """Log one main run with these predictions and texts, and judge it with every check."""

    def run(
        predictions: pd.DataFrame | str = GOOD, *, texts: dict[str, str] | None = None, **metrics: float
    ) -> dict[str, CheckResult]:
        with mlflow.start_run(run_name="odd"):
            mlflow.log_metrics(metrics or {"test_rmse": 1.0, "test_mae": 1.0, "test_r2": 0.9})
            text = predictions if isinstance(predictions, str) else predictions.to_csv(index=False)
            mlflow.log_text(text, "predictions.csv")
            source = str(DATA / "diabetes_v1.csv")
            dataset = mlflow.data.from_pandas(TABLE, source=source, name="d")
            mlflow.log_input(dataset, context="training")
            for name, content in (texts or {}).items():
                mlflow.log_text(content, name)
        return {result.id: result for result in run_checks(checks_of(lesson), evidence())}

    return run


def _errors(results: dict[str, CheckResult]) -> list[str]:
    return [f"{result.id}: {result.found}" for result in results.values() if result.verdict is Verdict.ERROR]


@pytest.mark.parametrize(
    "predictions",
    [
        "",
        "row,y_true,y_pred",
        "row,y_true,y_pred\n1,2",
        "a,b\n1,2\n",
        "row,row,y_true,y_pred\n1,1,2,3\n",
        "index,id,y_true,y_pred\n2,2,141.0,150.0\n",
        '"unclosed',
        "row,y_true,y_pred\n2,141.0,[152.1]\n3,206.0,[200.0]\n",
        "row,y_true,y_pred\n2,141.0,inf\n3,206.0,1.0\n",
        "row,y_true,y_pred\n2,141.0,99999999999999999999999999\n3,206.0,1\n",
        "row,y_true,y_pred,y_score\n2,0,1,\n3,1,1,0.5\n",
        "row,y_true,y_pred,y_score\n2,0,1,high\n3,1,1,low\n",
        "row,y_true,y_pred\n2,0,no\n3,1,yes\n",
        "row,y_true,y_pred\n2,a,b\n3,b,b\n",
        "row,y_true,y_pred\nx,1.5,2.5\ny,2.5,1.0\n",
        "row;y_true;y_pred\n1;2;3\n",
        "\x00\x01\x02",
    ],
)
def test_odd_predictions_are_never_our_error(judge: Judge, predictions: str) -> None:
    metrics = {
        "test_rmse": 1.0,
        "test_accuracy": 0.5,
        "test_recall_at_0.3": 0.5,
        "share_within_5": 0.5,
        "test_roc_auc": 1.0,
    }
    assert _errors(judge(predictions, **metrics)) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -5.0])
def test_odd_metrics_are_never_our_error_and_never_counted(judge: Judge, value: float) -> None:
    names = ("test_rmse", "test_mae", "test_r2", "train_rmse", "cv_rmse_mean", "share_within_5_points")
    results = judge(**dict.fromkeys(names, value))
    assert _errors(results) == []
    assert results["checklist.metrics_tracked"].verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "sql",
    [
        "update latest_metrics set value = 'abc'",
        "update runs set start_time = 'x'",
        "update runs set status = null",
        "update runs set artifact_uri = 'http://[bad'",
        'update datasets set dataset_source = \'{"uri": "http://[bad/x.csv"}\'',
        "update datasets set dataset_source = '[1, 2'",
        "update tags set value = x'ff00fe'",
        "update runs set experiment_id = 99",
        "drop table inputs",
        "alter table latest_metrics rename to hidden",
    ],
)
def test_rows_that_no_mlflow_wrote_are_never_our_error(
    judge: Judge, tracking: str, sql: str, lesson: Lesson, evidence: Callable[[], Evidence]
) -> None:
    judge()
    with closing(sqlite3.connect(tracking.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(sql)
    results = run_checks(checks_of(lesson), evidence())
    assert _errors({result.id: result for result in results}) == []


def test_a_view_that_never_ends_is_stopped(tracking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from grading.errors import StoreError
    from grading.evidence import sqlite_store

    monkeypatch.setattr(sqlite_store, "LONGEST_QUERY", 0.2)
    with closing(sqlite3.connect(tracking.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("drop table params")
        connection.execute(
            "create view params as with recursive endless(run_uuid, key, value) as"
            " (select 'r', 'k', 'v' union all select run_uuid, key, value from endless) select * from endless"
        )
    with pytest.raises(StoreError, match="interrupted"):
        open_store(tracking).runs  # noqa: B018


@pytest.mark.parametrize(
    "log",
    [
        "| " + " " * 100_000,
        "a" * 150_000,
        "\n" * 190_000,
        "| a |" * 30_000,
        "[" * 100_000,
        "x = " * 40_000,
        "# " * 50_000,
    ],
)
def test_a_log_that_no_pattern_may_backtrack_over_is_read_to_its_end(tracking: str, log: str) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_rmse", 1)
    run = open_store(tracking).runs[0]
    assert list(problems_of(log, run))  # some of these took a quarter of an hour


@pytest.mark.parametrize(
    ("results", "true"),
    [
        ("The test RMSE is 12.30 points.", False),
        ("| **test_rmse** | **12.61** |", False),
        ("| Linear model | test_rmse | 12 |", False),
        ("test_rmse = 12.3", False),
        ("`test_rmse`: 54.42", True),
        ("The test RMSE is 54.42 points, under the 60 we asked for.", True),
        ("| Linear model | test_rmse | 54.421 |", True),
    ],
)
def test_a_number_in_the_results_is_read_however_it_is_written(tracking: str, results: str, true: bool) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_rmse", 54.4213)
    run = open_store(tracking).runs[0]
    sections = dict.fromkeys(("Overview", "Data", "Configuration", "Conclusion"), "Some words about it.")
    text = "\n".join(f"## {name}\n{body}" for name, body in (sections | {"Results": f"### Test\n{results}"}).items())
    assert (list(problems_of(text, run)) == []) is true


def test_a_goal_in_the_conclusion_is_not_a_result(tracking: str) -> None:
    with mlflow.start_run():
        mlflow.log_metric("test_rmse", 54.4213)
    run = open_store(tracking).runs[0]
    text = "\n".join(f"## {name}\nSome words about it." for name in ("Overview", "Data", "Configuration", "Conclusion"))
    text = text.replace("Some words about it.", "We wanted a test RMSE of 60.") + "\n## Results\ntest_rmse = 54.42"
    assert list(problems_of(text, run)) == []


def test_an_image_of_another_kind_is_not_opened(tmp_path: Path) -> None:
    from grading.errors import Unmet
    from grading.evidence.figures import read_picture

    Image.new("RGB", (20, 20)).save(tmp_path / "figure.eps")
    (tmp_path / "figure.eps").rename(tmp_path / "figure.png")
    with pytest.raises(Unmet, match="a readable image"):
        read_picture(tmp_path / "figure.png")


@pytest.mark.parametrize(
    ("commit", "dirty", "passes"),
    [("0" * 40, "False", True), ("0" * 40, "no", True), ("0" * 40, "True", False), ("0" * 40, "perhaps", False),
     ("0" * 39, "False", False), ("fatal: not a git repository", "False", False)],
)  # fmt: skip
def test_the_commit_is_compared_whole_and_the_state_is_yes_or_no(
    tracking: str, evidence: Callable[[], Evidence], commit: str, dirty: str, passes: bool
) -> None:
    from grading.errors import Unmet
    from grading.marking.checklist import code_version_tagged

    with mlflow.start_run():
        mlflow.log_metric("test_rmse", 1)
        mlflow.set_tags({"git_commit": commit, "git_dirty": dirty})
    if passes:
        assert code_version_tagged(evidence()) == "commit 00000000"
    else:
        with pytest.raises(Unmet):
            code_version_tagged(evidence())


def test_a_fold_param_is_a_plain_number(judge: Judge, tracking: str) -> None:
    with mlflow.start_run(), mlflow.start_run(nested=True):
        mlflow.log_param("fold", "²")
        mlflow.log_metric("rmse", math.inf)
    assert _errors(judge()) == []


def test_infinity_as_mlflow_stores_it_is_no_fold_value() -> None:
    from types import SimpleNamespace

    from grading.lessons.m9_01.folds import fold_values

    folds = [SimpleNamespace(metrics={"rmse": 1.7976931348623157e308}), SimpleNamespace(metrics={"rmse": 2.0})]
    assert fold_values(folds, "rmse", "cv") == []  # type: ignore[arg-type]
    assert parse("fold_rmse").base == "rmse"
