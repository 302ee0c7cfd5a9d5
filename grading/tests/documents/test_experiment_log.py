"""The experiment log: whole and true whatever a run holds, from Python and from the command line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from grading import experiment_log
from grading.commands.cli import app
from grading.documents.experiment_log import PERSONAL
from grading.errors import InputError, StoreError
from grading.evidence.log_reading import TEMPLATE, problems_of
from grading.evidence.markdown import literal, unescaped
from grading.evidence.open_store import open_store
from grading.evidence.store import Run
from grading.tests.documents.logged_runs import TOLD, section


def test_a_filled_log_is_true_and_complete(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    assert list(problems_of(text, run)) == []
    assert "| test_r2 | 0.48641 |" in text
    assert "ridge" in text


def test_a_log_of_everything_is_true_and_has_no_gap(full: tuple[str, Run]) -> None:
    text, run = full
    assert list(problems_of(text, run)) == []
    headings = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    gaps = {heading for heading in headings[1:] if "not recorded" in section(text, heading)}
    assert gaps == {"Overview", "Configuration", "Model"}  # no description, and no model was logged


def test_what_only_a_person_can_say_is_marked_as_missing(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged(objective="Something to reach.")
    assert text.count("_missing_") == len(PERSONAL) - 1
    assert "placeholder" in next(problems_of(text, run))


def test_a_reviewer_is_optional(logged: Callable[..., tuple[str, Run]]) -> None:
    assert "| Reviewer | not reviewed |" in logged()[0]
    assert "| Reviewer | not reviewed |" in logged(**TOLD, reviewer=" ")[0]
    assert r"| Reviewer | Ada \| Grace |" in logged(**TOLD, reviewer="Ada | Grace")[0]


def test_a_personal_field_that_is_not_known_or_not_text_is_refused(logged: Callable[..., tuple[str, Run]]) -> None:
    _, run = logged()
    with pytest.raises(TypeError, match="found mood"):
        experiment_log(run.id, mood="good")
    with pytest.raises(TypeError, match="found objective"):
        experiment_log(run.id, objective=...)  # type: ignore[arg-type]


def test_a_run_that_does_not_exist_is_said(tracking: str) -> None:
    with pytest.raises(StoreError, match="expected one run with id 'nobody'"):
        experiment_log("nobody")


def test_a_failed_run_has_a_log_that_says_so(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.set_tag("failure_reason", "alpha is negative")
        mlflow.end_run("FAILED")
    text = experiment_log(run.info.run_id)
    assert "| Status | FAILED: alpha is negative |" in text
    assert "Without intervals: no predictions.csv: found no artifacts." in text


def test_a_run_whose_parent_is_gone_has_a_log(tracking: str) -> None:
    with mlflow.start_run(tags={"mlflow.parentRunId": "nobody"}) as run:
        mlflow.log_metric("test_accuracy", 1)
    assert "- Parent: none" in experiment_log(run.info.run_id)


def test_a_log_is_written_while_its_run_goes_on(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("test_accuracy", 1)
        text = experiment_log(run.info.run_id, **TOLD)
    assert "| Status | RUNNING |" in text
    assert "Duration:" not in text


def test_a_run_that_is_open_again_was_finished_before(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("test_accuracy", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        text = experiment_log(run.info.run_id, **TOLD)
    assert "| Status | FINISHED before; open again when this log was written |" in text


@pytest.mark.parametrize(
    "content", ["", "row,y_true\n1,2\n", "\0\0", "row,y_true,y_pred\n1,a,2\n", "row,y_true,y_pred\n1,1,1\n"]
)
def test_predictions_that_cannot_be_read_leave_a_log(tracking: str, content: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("test_accuracy", 1)
        mlflow.log_text(content, "predictions.csv")
        for name in ("feature_importance.csv", "preprocessing.json", "search_space.json", "requirements.txt"):
            mlflow.log_text(content, name)
    text = experiment_log(run.info.run_id, **TOLD)
    assert "| test_accuracy | 1 | not computed |" in text
    assert list(problems_of(text, open_store(tracking).runs[0])) == []


HOSTILE = ["a|b", "|", "`code`", "*bold*", "_it_", "__init__", "[objective]", "[x](http://x)", "<script>a</script>",
           "a\nb", "# Results", "| a | b |\n| --- | --- |", "\\", "a\\|b", "---", "&amp;", "~~no~~", "$a$", "x" * 6000,
           "\u202e right to left", "\x00\x1b[31m", "test_rmse", "_missing_", "日本語", ""]  # fmt: skip


def test_what_a_run_holds_breaks_no_table_and_starts_no_heading(tracking: str, tmp_path: Path) -> None:
    with mlflow.start_run(run_name="# a | <b>run</b> `x` _y_"):
        mlflow.log_params({f"p{n}": value for n, value in enumerate(HOSTILE)})
        mlflow.log_params({"test_rmse": 12, "a b/c:d-e.f__g": "x", "__init__": "y"})
        mlflow.set_tags(
            {f"t{n}": value for n, value in enumerate(HOSTILE)} | {"preprocessing": "# Results", "os": "a|b"}
        )
        mlflow.log_metrics(
            {"test_rmse": 54.4213, "test_accuracy": 0.5, "a/b c:d": 1, "value": 3, "metric": 4, "rows": 5, "lowest": 6}
        )
        mlflow.log_text(json.dumps(HOSTILE), "preprocessing.json")
        mlflow.log_dict(dict.fromkeys(("p0", "p1"), HOSTILE), "search_space.json")
        mlflow.log_text(
            "f,w\n" + "\n".join(f'"{value}",1' for value in HOSTILE if value and "\n" not in value),
            "feature_importance.csv",
        )
        table = pd.DataFrame({"row": range(40), "y_true": ["a|b", "test_rmse"] * 20, "y_pred": ["a|b", "# x"] * 20})
        table["all | rows"] = ["this run", "| |"] * 20
        mlflow.log_text(table.to_csv(index=False), "predictions.csv")
        mlflow.log_text("x", "odd |`name` [objective].txt")
    run = open_store(tracking).runs[0]
    text = experiment_log(run.id, **TOLD)
    assert list(problems_of(text, run)) == []
    template = [line for line in TEMPLATE.read_text("utf-8").splitlines() if line.startswith("#")]
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[1:] == template[1:]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert [token.tag for token in tokens if token.type == "heading_open"] == [
        "h1" if "# " in h[:2] else f"h{h.count('#')}" for h in template
    ]
    assert not [token for token in tokens if token.type == "html_block"]
    inline = [child for token in tokens for child in token.children or ()]
    assert not {"html_inline", "link_open", "em_open", "s_open"} & {child.type for child in inline}
    parameters = section(text, "Hyperparameters")
    assert len([line for line in parameters.splitlines() if line.startswith("| ")]) == len(run.params) + 2
    for value in HOSTILE:
        if value and "\n" not in value and len(value) < 100 and value.isprintable():
            assert unescaped(literal(value)).replace("*", "").replace("`", "") == value.replace("*", "").replace(
                "`", ""
            )


def test_the_command_says_what_a_person_says(
    logged: Callable[..., tuple[str, Run]], tracking: str, tmp_path: Path
) -> None:
    _, run = logged()
    told = [part for name in PERSONAL for part in ("--say", f"{name}=All = well with the {name}.")]
    file = tmp_path / "log.md"
    done = CliRunner().invoke(app, ["log", run.id[:12], "--store", tracking, "-o", str(file), *told])
    assert (done.exit_code, done.exception) == (0, None)
    assert list(problems_of(file.read_text("utf-8"), run)) == []
    assert "All = well with the objective." in file.read_text("utf-8")
    printed = CliRunner().invoke(app, ["log", run.id, "--store", tracking])
    assert "**Objective.** _missing_" in printed.stdout
    for wrong in ("mood=good", "objective"):
        refused = CliRunner().invoke(app, ["log", run.id, "--store", tracking, "--say", wrong])
        assert isinstance(refused.exception, InputError)
    unwritable = CliRunner().invoke(app, ["log", run.id, "--store", tracking, "-o", str(file / "below.md")])
    assert isinstance(unwritable.exception, InputError)
    nowhere = CliRunner().invoke(app, ["log", run.id, "--store", tracking, "-o", str(tmp_path / "slip" / "log.md")])
    assert isinstance(nowhere.exception, InputError)
    assert not (tmp_path / "slip").exists()


def test_starting_a_kernel_imports_nothing_heavy() -> None:
    code = "import sys, grading; print(*{'pandas', 'numpy', 'scipy', 'mlflow', 'sklearn', 'yaml'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == ""
