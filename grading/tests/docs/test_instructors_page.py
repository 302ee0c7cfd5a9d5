"""docs/instructors.md: the files, options and metrics that it names are real."""

import re
from pathlib import Path

import pytest
import typer.main

from grading.class_reports import mlflow_store as class_run
from grading.class_reports import reports as class_reports
from grading.cohort.look_alikes import LookAlike
from grading.cohort.submissions import Found
from grading.commands.cli import app
from grading.files import ROOT
from grading.marking.verdict import Verdict
from grading.tests.classroom import classroom, graded, scorecard, submission

PAGE = (ROOT / "docs" / "instructors.md").read_text("utf-8")
COHORT = typer.main.get_command(app).commands.get("cohort")  # type: ignore[attr-defined]


def test_the_page_names_every_file_that_a_class_run_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_run, "log_class", lambda _graded, out: out / "mlflow.db")
    work = submission("Ada", sid="7")
    found = Found("Moodle", (work,), (), ("Ada",))
    files = class_reports.write_all(found, [graded(work, scorecard("M9_01", [Verdict.PASSED]))], tmp_path)
    assert {path.name for path in files} == {path.name for path in tmp_path.iterdir() if path.is_file()} | {"mlflow.db"}
    for path in files:
        assert f"`{path.name}`" in PAGE, path.name
    assert "`results/NAME/M9_01.results.json`" in PAGE
    assert (tmp_path / "results" / work.slug / "M9_01.results.json").exists()


def test_the_page_names_the_parameters_metrics_and_tags_of_a_run() -> None:
    _, results = classroom(3)
    said = set(re.findall(r"`([a-z_]+(?:/…)?)`", PAGE.partition("## The class in MLflow")[2].partition("##")[0]))
    (result, *_) = [each for each in results if each.graded]
    metrics = {re.sub("/.*", "/…", name) for name, _ in class_run._metrics(result)} - {"attempts"}
    assert metrics <= said
    assert {"state", "late", "ungraded"} <= {name for name, _ in class_run._tags(result)} & said
    assert {"lesson", "student"} <= {name for name, _ in class_run._params(result)} & said


def test_the_kinds_of_look_alikes_are_explained() -> None:
    section = PAGE.partition("## Look-alikes")[2].partition("\n## ")[0].lower()
    for kind in LookAlike.__annotations__["kind"].__args__:
        assert f"**{kind}**" in section


@pytest.mark.skipif(COHORT is None, reason="the command is built elsewhere")
def test_every_option_on_the_page_is_one_of_the_command() -> None:
    commands = " ".join(re.findall(r"grading cohort[^\n`]*", PAGE))
    alone = " ".join(re.findall(r"`(--[a-z-]+)[^`]*`", PAGE))
    asked = set(re.findall(r"--[a-z-]+", f"{commands} {alone}"))
    known = {option for parameter in COHORT.params for option in parameter.opts}
    assert {"--out", "--dry-run", "--scheduler", "--regrade"} <= asked <= known
