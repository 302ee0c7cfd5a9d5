"""What a run recorded, each value in its place of the log."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest

from grading import experiment_log
from grading.documents.experiment_log import PERSONAL
from grading.evidence.log_reading import FIELD, TEMPLATE, fill
from grading.evidence.open_store import open_store
from grading.evidence.run_facts import RunFacts
from grading.evidence.store import Run
from grading.tests.documents.logged_runs import ACCURACY, CLASSIFIED, ROWS, SEX, TOLD, section


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
    assert said in section(full[0], heading)


def test_the_template_asks_for_nothing_that_cannot_be_filled(full_store: tuple[str, tuple[str, Run]]) -> None:
    from grading.documents.log_values import values_of

    template = TEMPLATE.read_text("utf-8")
    assert "[" not in fill(template, {}, PERSONAL).replace("](", "")
    uri, (_, run) = full_store
    known = values_of(RunFacts(open_store(uri), run))
    assert set(FIELD.findall(template)) <= {*known, *PERSONAL, "reviewer"}


def test_a_curve_is_shown_at_eight_steps_and_names_its_best(full: tuple[str, Run]) -> None:
    shown = section(full[0], "Curves")
    steps = [line.split("|")[1].strip() for line in shown.splitlines() if line[2:3].isdigit()]
    assert steps == ["1", "8", "15", "22", "29", "36", "43", "50 (last)"]
    assert f"val\\_loss is best (lowest) with {1 / 32 + 0.032:.6g}, in step 32".replace("\\", "") in shown
    assert "temperature ends with 1 (which direction is better is not known)" in shown
    assert "best" not in shown.partition("temperature ends")[2].splitlines()[0]


def test_the_search_space_may_be_the_parents(tracking: str) -> None:
    with mlflow.start_run():
        mlflow.log_text(json.dumps({"alpha": "0.1 to 10, log"}), "search_space.json")
        mlflow.set_tag("tuning_method", "grid")
        with mlflow.start_run(nested=True) as child:
            mlflow.log_param("ridge__alpha", 1)
    assert "| ridge__alpha | 1 | 0.1 to 10, log | grid |" in experiment_log(child.info.run_id)


def test_ten_features_are_shown(full: tuple[str, Run]) -> None:
    assert section(full[0], "Feature importance").count("| f") == 10


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
    assert "| true minus predicted, on average | -1.25 |" in section(text, "Mistakes")
    assert "| share of rows predicted too high | 1 |" in text
    assert "| test_rmse | 1.25 | not computed |" in text


def test_a_final_run_beside_its_searches_tells_how_many_candidates_there_were(tracking: str) -> None:
    with mlflow.start_run():
        for alpha in (0.1, 1.0, 10.0):
            with mlflow.start_run(nested=True):
                mlflow.log_params({"alpha": alpha})
    with mlflow.start_run() as final:
        mlflow.log_params({"alpha": 1.0})
        mlflow.log_text(json.dumps({"alpha": {"low": 0.1, "high": 10, "log": True}}), "search_space.json")
        with mlflow.start_run(nested=True, run_name="baseline"):
            mlflow.log_params({"alpha": 1.0})
    assert "- Candidates of this experiment: 3 (3 FINISHED)" in experiment_log(final.info.run_id)
