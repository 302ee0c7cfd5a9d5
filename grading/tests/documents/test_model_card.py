import json
from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.data.pandas_dataset import from_pandas
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from grading import model_card
from grading.commands.cli import app
from grading.documents.model_card import PERSONAL, SECTIONS, TEMPLATE, problems_of_card
from grading.errors import InputError, StoreError
from grading.evidence.log_reading import FIELD, fill
from grading.evidence.open_store import open_store
from grading.evidence.store import Run
from grading.tests.conftest import logging_to

TOLD = {name: f"What a person says of the {name}." for name in PERSONAL}
ROWS = 120
COMMIT, SHA256 = "f" * 40, "ab" * 32


@pytest.fixture(scope="module")
def screening(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with `screening/2`: a real model on made-up measurements, registered twice and promoted."""
    folder = tmp_path_factory.mktemp("screening")
    with logging_to(empty_store, folder):
        rng = np.random.default_rng(2)
        frame = pd.DataFrame({"radius": rng.normal(size=ROWS), "texture": rng.normal(size=ROWS)})
        label = (frame["radius"] + rng.normal(scale=0.7, size=ROWS) > 0).astype(int)
        model = LogisticRegression().fit(frame, label)
        seen = pd.DataFrame({"row": range(ROWS), "y_true": label, "y_pred": model.predict(frame)})
        seen = seen.assign(y_score=model.predict_proba(frame)[:, 1], clinic=rng.choice(["north", "south"], ROWS))
        with mlflow.start_run(run_name="logistic") as run:
            mlflow.log_params({"seed": 42, "cost_of_miss_usd": 20000, "cost_of_false_alarm_usd": 500})
            mlflow.log_metric("test_accuracy", (seen["y_true"] == seen["y_pred"]).mean())
            data = from_pandas(frame.assign(y=label), source="/data/cells_v1.csv", name="cells", targets="y")
            mlflow.log_input(data, context="training")
            mlflow.set_tags({"data_sha256": SHA256, "git_commit": COMMIT, "git_dirty": False})
            mlflow.log_text(seen.to_csv(index=False), "predictions.csv")
            saved = mlflow.sklearn.log_model(
                model, name="screening", input_example=frame.head(3), pip_requirements=["scikit-learn"]
            )
        client = mlflow.MlflowClient()
        client.create_registered_model("screening")
        for _ in range(2):
            client.create_model_version("screening", saved.model_uri, run.info.run_id)
        client.set_registered_model_alias("screening", "champion", "2")
        events = {"champion.0001": "10:00", "champion.0003": "12:00", "trial.0001": "09:00"}
        for key, hour in events.items():
            event: dict[str, object] = {
                "action": "promoted",
                "by": "ada",
                "at": f"2026-01-05T{hour}:00+00:00",
                "why": "fewer | misses",
            }
            event |= {"contract": "healthcare_triage", "run": run.info.run_id, "previous": 1}
            client.set_model_version_tag("screening", "2", f"gate.{key}", json.dumps(event))
        for key, text in {"champion.0004": "{", "champion.0005": "[1]", "odd": '{"by": {"a": "|"}}'}.items():
            client.set_model_version_tag("screening", "2", f"gate.{key}", text)
        client.set_model_version_tag("screening", "2", "ticket", "MED-7")
    return folder / "mlflow.db"


@pytest.fixture
def registered(screening: Path, tmp_path: Path) -> Iterator[Run]:
    """The run behind `screening/2`, in a store of the test's own that MLflow logs to."""
    with logging_to(screening, tmp_path) as uri:
        yield open_store(uri).runs[0]


def _section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_a_filled_card_is_true_complete_and_says_where_the_version_comes_from(registered: Run) -> None:
    text = model_card("screening/2", **TOLD)
    assert list(problems_of_card(text, registered)) == []
    assert text.startswith("# Model card: screening/2\n")
    expected = {
        "Model details": ["| Aliases | champion |", "- Type: LogisticRegression", "radius, texture"],
        "Intended use": [TOLD["intended_use"], f"**Not for.** {TOLD['not_for']}"],
        "Training data": [f"| cells | training | cells_v1.csv | {ROWS} |", SHA256],
        "Evaluation data": [f"- Rows to test on: {ROWS} (rows of predictions.csv)"],
        "Performance": [f"| test_accuracy | {registered.metrics['test_accuracy']:.6g} | 0.", "threshold: between"],
        "Performance by group": ["| clinic: north | "],
        "Reproduce it": ['mlflow.pyfunc.load_model("models:/screening/2")', registered.id, SHA256, COMMIT, "digest "],
        "Governance": ["Aliases of this version: champion.", r"| fewer \| misses |", "| ticket | MED-7 |"],
    }  # fmt: skip
    for heading, said in expected.items():
        for part in said:
            assert part in _section(text, heading)


def test_the_gates_history_is_in_the_order_of_time_and_malformed_tags_are_left_out(registered: Run) -> None:
    rows = [line for line in _section(model_card("screening/2"), "Governance").splitlines() if "promoted" in line]
    assert [row.split("|")[1].strip() for row in rows] == ["trial", "champion", "champion"]
    assert "| ada | 2026-01-05T12:00:00+00:00 | healthcare_triage |" in rows[-1]


def test_a_version_without_history_says_so(registered: Run) -> None:
    governance = _section(model_card("screening/1", **TOLD), "Governance")
    assert "Aliases of this version: none." in governance
    assert "No promotion through the gate is recorded" in governance


def test_what_only_a_person_can_say_is_marked_as_missing(registered: Run) -> None:
    text = model_card("screening/2", contact="Ada | Grace")
    assert text.count("_missing_") == len(PERSONAL) - 1
    assert r"| Contact | Ada \| Grace |" in text
    assert "a placeholder left" in next(problems_of_card(text, registered))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_card_without_one_of_its_sections_is_not_complete(registered: Run, section: str) -> None:
    text = model_card("screening/2", **TOLD)
    gone = "\n".join(line for line in text.splitlines() if not line.lower().startswith(f"## {section}"))
    assert f"no section {section.capitalize()!r}" in list(problems_of_card(gone, registered))


@pytest.mark.parametrize("row", ["| test_accuracy | ", "| all rows | 120 | "])
def test_a_false_third_decimal_in_a_card_is_found(registered: Run, row: str) -> None:
    text, value = model_card("screening/2", **TOLD), registered.metrics["test_accuracy"]
    line = next(line for line in text.splitlines() if line.startswith(row))
    shown = line.removeprefix(row).split(" ")[0]
    false = text.replace(line, line.replace(f"{row}{shown}", f"{row}{value + 0.002:.3f}"))
    assert any("test_accuracy is" in problem for problem in problems_of_card(false, registered))


def test_the_command_that_a_card_gives_loads_the_version(registered: Run) -> None:
    code = _section(model_card("screening/2"), "Reproduce it").split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(code, names)
    predicted = names["model"].predict(pd.DataFrame({"radius": [-3.0, 3.0], "texture": [0.0, 0.0]}))  # type: ignore[attr-defined]
    assert predicted.tolist() == [0, 1]


@pytest.mark.parametrize("target", ["screening/3", "screening", "nobody/1", ""])
def test_a_version_that_does_not_exist_is_said(registered: Run, target: str) -> None:
    with pytest.raises(StoreError, match=r"expected a registered version such as name/1.*screening/1, screening/2"):
        model_card(target)


def test_a_version_without_a_run_or_with_a_deleted_one_is_said(registered: Run) -> None:
    client = mlflow.MlflowClient()
    client.create_model_version("screening", "/somewhere", None)
    with pytest.raises(StoreError, match="registered without a run"):
        model_card("screening/3")
    client.delete_run(registered.id)
    assert "which was deleted" in model_card("screening/1")


def test_a_personal_field_that_is_not_known_is_refused(registered: Run) -> None:
    with pytest.raises(TypeError, match="found objective"):
        model_card("screening/2", objective="none")


def test_the_template_asks_for_nothing_that_cannot_be_filled(registered: Run) -> None:
    assert FIELD.findall(fill(TEMPLATE.read_text("utf-8"), {}, PERSONAL)) == []
    text = model_card("screening/2", **TOLD)
    assert "**What goes in.** not recorded" not in text
    assert "not recorded" not in _section(text, "Reproduce it")


def test_the_command_writes_a_card(registered: Run, tmp_path: Path) -> None:
    told = [part for name in PERSONAL for part in ("--say", f"{name}=All is well with the {name}.")]
    file = tmp_path / "card.md"
    done = CliRunner().invoke(
        app, ["card", "screening/2", "--store", mlflow.get_tracking_uri(), "-o", str(file), *told]
    )
    assert (done.exit_code, done.exception) == (0, None)
    assert list(problems_of_card(file.read_text("utf-8"), registered)) == []
    assert "_missing_" in CliRunner().invoke(app, ["card", "screening/2", "--store", mlflow.get_tracking_uri()]).stdout
    refused = CliRunner().invoke(
        app, ["card", "screening/2", "--store", mlflow.get_tracking_uri(), "--say", "objective=x"]
    )
    assert isinstance(refused.exception, InputError)
