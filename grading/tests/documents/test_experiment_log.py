import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from mlflow.data.pandas_dataset import from_pandas
from typer.testing import CliRunner

from grading import experiment_log
from grading.commands.cli import app
from grading.documents.experiment_log import PERSONAL
from grading.errors import InputError, StoreError
from grading.evidence.log_reading import FIELD, TEMPLATE, fill, problems_of
from grading.evidence.markdown import literal, table, unescaped
from grading.evidence.open_store import open_store
from grading.evidence.run_facts import RunFacts, better
from grading.evidence.store import Run

TOLD = {name: f"What a person says of the {name}." for name in PERSONAL}
ROWS = 120
RNG = np.random.default_rng(1)
TRUE = RNG.integers(0, 2, ROWS)
SCORE = np.clip(0.5 * TRUE + RNG.normal(0.25, 0.2, ROWS), 0, 1)
PREDICTED = (SCORE >= 0.5).astype(int)
SEX = RNG.choice(["F", "M"], ROWS)
CLASSIFIED = pd.DataFrame({"row": range(ROWS), "y_true": TRUE, "y_pred": PREDICTED, "y_score": SCORE, "sex": SEX})
ACCURACY = float((TRUE == PREDICTED).mean())


@pytest.fixture
def logged(tracking: str) -> Callable[..., tuple[str, Run]]:
    """A run with a metric, and its log; both read from a real store."""
    with mlflow.start_run(run_name="ridge") as run:
        mlflow.log_param("alpha", 1)
        mlflow.log_metrics({"test_r2": 0.48641, "test_rmse": 54.4213})

    def read(**personal: str) -> tuple[str, Run]:
        return experiment_log(run.info.run_id, **(personal or TOLD)), open_store(tracking).runs[0]

    return read


@pytest.fixture
def full(tracking: str) -> tuple[str, Run]:
    """The log of a run that recorded everything the template has a place for, and the run."""
    with mlflow.start_run(run_name="baseline-majority", tags={"role": "baseline"}):
        mlflow.log_metrics({"test_accuracy": 0.5, "latency_ms": 2, "model_size_bytes": 512})
    with mlflow.start_run(run_name="tree"):
        mlflow.log_metric("accuracy_test", 0.71)
    with mlflow.start_run(run_name="network") as run:
        mlflow.log_params({"learning_rate": 0.01, "dropout": 0.3, "random_state": 42, "optimizer": "adam"})
        mlflow.log_params({"n_train": 400, "test_size": 0.25, "split_strategy": "stratified", "best_dropout": 0.3})
        mlflow.set_tags({"data_version": "1.2.0", "data_sha256": "ab" * 32, "dvc_md5": "cd" * 16, "os": "Linux 6.1"})
        mlflow.set_tags(
            {
                "tuning_method": "TPE",
                "mlflow.note.content": "Learns fast.",
                "cpu_count": 2,
                "related_runs": "the run of May",
                "use_case": "triage",
            }
        )
        mlflow.set_tags({"git_commit": "f" * 40, "git_dirty": False, "python_version": "3.11.7"})
        frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0.0, 1.0]})
        data = from_pandas(frame, source="/data/patients_v1.csv", name="patients", targets="y")
        mlflow.log_input(data, context="training")
        for step in range(1, 51):
            mlflow.log_metrics({"val_loss": 1 / step + 0.001 * step, "train_accuracy": 1 - 1 / (step + 1)}, step=step)
            mlflow.log_metric("temperature", step % 7, step=step)
        mlflow.log_metrics({"test_accuracy": ACCURACY, "latency_ms": 4.5, "system/cpu_utilization_percentage": 31.25})
        mlflow.log_metric("test_patience", 7)
        mlflow.log_text(json.dumps(["Missing values: the median.", "All columns: standardised."]), "preprocessing.json")
        mlflow.log_dict({"dropout": [0.1, 0.5], "learning_rate": {"low": 0.001, "log": True}}, "search_space.json")
        mlflow.log_text(CLASSIFIED.to_csv(index=False), "predictions.csv")
        weights = "name,gain\n" + "\n".join(f"f{n},{(-1) ** n * n}" for n in range(1, 15))
        mlflow.log_text(weights, "feature_importance.csv")
        mlflow.log_text("mlflow==3.17.2\nnumpy==2.4.6\n", "requirements.txt")
        for trial in range(3):
            with mlflow.start_run(run_name=f"trial-{trial}", nested=True):
                mlflow.log_metric("val_loss", 0.3)
    return experiment_log(run.info.run_id, **TOLD), next(r for r in open_store(tracking).runs if r.name == "network")


def _section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    return text.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]


def test_a_filled_log_is_true_and_complete(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged()
    assert list(problems_of(text, run)) == []
    assert "| test_r2 | 0.48641 |" in text
    assert "ridge" in text


def test_a_log_of_everything_is_true_and_has_no_gap(full: tuple[str, Run]) -> None:
    text, run = full
    assert list(problems_of(text, run)) == []
    headings = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    gaps = {heading for heading in headings[1:] if "not recorded" in _section(text, heading)}
    assert gaps == {"Overview", "Configuration", "Model"}  # no description, and no model was logged


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Related runs", "- Nested runs: 3, named trial-N"),
        ("Related runs", "- Named by the run: the run of May"),
        ("Related runs", "| tree ("),
        ("Data", "| patients | training | patients_v1.csv | 2 |"),
        ("Data", "- DVC's md5: " + "cd" * 16),
        ("Splits", "- Rows to train on: 400\n"),
        ("Splits", f"- Rows to test on: {ROWS} (rows of predictions.csv)"),
        ("Splits", "- Share kept for the test: 0.25\n- Split strategy: stratified"),
        ("Preprocessing", "1. Missing values: the median.\n2. All columns: standardised."),
        ("Hyperparameters", r"| dropout | 0.3 | \[0.1, 0.5\] | TPE |"),
        ("Hyperparameters", "| optimizer | adam |  |  |"),
        ("Training configuration", "| optimizer | adam |"),
        ("Infrastructure", "- Operating system: Linux 6.1"),
        ("Infrastructure", "| system/cpu_utilization_percentage | 31.25 |"),
        ("On the test rows", f"| test_accuracy | {ACCURACY:.6g} | 0."),
        ("On the test rows", "| test_patience | 7 | not computed |"),
        ("Mistakes", "| **0** (true) |"),
        ("By group", f"| sex: F | {(SEX == 'F').sum()} | {ACCURACY:.2g}"[:14]),
        ("Baselines", f"| **this run** | {ACCURACY:.6g} |"),
        ("Baselines", f"| this run minus baseline-majority | {ACCURACY - 0.5:+.4g} |  | +2.5 |"),
        ("Tuning", "- Nested runs: 3 (3 FINISHED)"),
        ("Tuning", "| dropout | 0.3 |"),
        ("Code version", "- Commit: " + "f" * 40),
        ("Environment", "- Packages (requirements.txt): mlflow==3.17.2, numpy==2.4.6"),
        ("Random seeds", "| random_state | 42 |"),
        ("Feature importance", "| Feature | gain |\n| --- | --- |\n| f14 | 14 |\n| f13 | -13 |"),
        ("Metadata", "| use_case | triage |"),
    ],
)
def test_what_the_run_recorded_is_in_its_place(full: tuple[str, Run], heading: str, said: str) -> None:
    assert said in _section(full[0], heading)


def test_a_curve_is_shown_at_eight_steps_and_names_its_best(full: tuple[str, Run]) -> None:
    shown = _section(full[0], "Curves")
    steps = [line.split("|")[1].strip() for line in shown.splitlines() if line[2:3].isdigit()]
    assert steps == ["1", "8", "15", "22", "29", "36", "43", "50 (last)"]
    assert f"val\\_loss is best (lowest) with {1 / 32 + 0.032:.6g}, in step 32".replace("\\", "") in shown
    assert "temperature ends with 1 (which direction is better is not known)" in shown
    assert "best" not in shown.partition("temperature ends")[2].splitlines()[0]


def test_ten_features_are_shown(full: tuple[str, Run]) -> None:
    assert _section(full[0], "Feature importance").count("| f") == 10


@pytest.mark.parametrize(
    ("name", "direction"),
    [("val_loss", "lower"), ("learning_curve_rmse", "lower"), ("logloss", "lower"), ("cv_accuracy", "higher"),
     ("test_auc", "higher"), ("false_alarm_rate_at_0.1", "lower"), ("temperature", None), ("epoch", None)],
)  # fmt: skip
def test_a_metrics_direction_is_known_by_its_name(name: str, direction: str | None) -> None:
    assert better(name) == direction


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


def test_a_metric_that_the_predictions_do_not_give_is_told_so(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("test_accuracy", 0.99)
        mlflow.log_text(CLASSIFIED.to_csv(index=False), "predictions.csv")
    text = experiment_log(run.info.run_id, **TOLD)
    assert f"| test_accuracy | 0.99 | none: predictions.csv gives {ACCURACY:.6g} |" in text


def test_residuals_are_summed_up(tracking: str) -> None:
    with mlflow.start_run() as run:
        table = pd.DataFrame({"row": range(40), "y_true": np.arange(40.0), "y_pred": np.arange(40.0) + 1.25})
        mlflow.log_text(table.to_csv(index=False), "predictions.csv")
        mlflow.log_metrics({"test_rmse": 1.25, "share_within_2_points": 1.0})
    text = experiment_log(run.info.run_id, **TOLD)
    assert "| predicted minus true, on average | 1.25 |" in _section(text, "Mistakes")
    assert "| share of rows predicted too high | 1 |" in text
    assert "| test_rmse | 1.25 | not computed |" in text


def test_what_only_a_person_can_say_is_marked_as_missing(logged: Callable[..., tuple[str, Run]]) -> None:
    text, run = logged(objective="Something to reach.")
    assert text.count("_missing_") == len(PERSONAL) - 1
    assert "placeholder" in next(problems_of(text, run))


def test_a_reviewer_is_optional(logged: Callable[..., tuple[str, Run]]) -> None:
    assert "| Reviewer | not reviewed |" in logged()[0]
    assert "| Reviewer | not reviewed |" in logged(**TOLD, reviewer=" ")[0]
    assert r"| Reviewer | Ada \| Grace |" in logged(**TOLD, reviewer="Ada | Grace")[0]


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


def test_a_failed_run_has_a_log_that_says_so(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.set_tag("failure_reason", "alpha is negative")
        mlflow.end_run("FAILED")
    text = experiment_log(run.info.run_id)
    assert "| Status | FAILED: alpha is negative |" in text
    assert "Without intervals: no predictions.csv: found no artifacts." in text


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
    parameters = _section(text, "Hyperparameters")
    assert len([line for line in parameters.splitlines() if line.startswith("| ")]) == len(run.params) + 2
    for value in HOSTILE:
        if value and "\n" not in value and len(value) < 100 and value.isprintable():
            assert unescaped(literal(value)).replace("*", "").replace("`", "") == value.replace("*", "").replace(
                "`", ""
            )


def test_a_table_of_thousands_is_cut_and_says_so() -> None:
    shown = table(("A", "B"), [("x", "y")] * 1000)
    assert shown.count("\n| x | y |") == 200
    assert "800 more rows" in shown


def test_the_template_asks_for_nothing_that_cannot_be_filled(full: tuple[str, Run]) -> None:
    from grading.documents.log_values import values_of

    template = TEMPLATE.read_text("utf-8")
    assert "[" not in fill(template, {}, PERSONAL).replace("](", "")
    _, run = full
    known = values_of(RunFacts(open_store(mlflow.get_tracking_uri()), run))
    assert set(FIELD.findall(template)) <= {*known, *PERSONAL, "reviewer"}


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


def test_a_run_whose_parent_is_gone_has_a_log(tracking: str) -> None:
    with mlflow.start_run(tags={"mlflow.parentRunId": "nobody"}) as run:
        mlflow.log_metric("test_accuracy", 1)
    assert "- Parent: none" in experiment_log(run.info.run_id)


def test_the_search_space_may_be_the_parents(tracking: str) -> None:
    with mlflow.start_run():
        mlflow.log_text(json.dumps({"alpha": "0.1 to 10, log"}), "search_space.json")
        mlflow.set_tag("tuning_method", "grid")
        with mlflow.start_run(nested=True) as child:
            mlflow.log_param("ridge__alpha", 1)
    assert "| ridge__alpha | 1 | 0.1 to 10, log | grid |" in experiment_log(child.info.run_id)


def test_a_log_is_written_while_its_run_goes_on(tracking: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("test_accuracy", 1)
        text = experiment_log(run.info.run_id, **TOLD)
    assert "| Status | RUNNING |" in text
    assert "Duration:" not in text


def test_a_dataset_that_does_not_say_its_rows_has_none() -> None:
    from grading.evidence.store import Dataset

    data = Dataset("d", "1", "local", "{}", "", {})
    for profile in ("", "[]", "{", '{"num_rows": "many"}', "[" * 100_000):
        assert replace(data, profile=profile).rows is None
    assert replace(data, profile='{"num_rows": 398}').rows == 398
