"""The unit of work: bytes in, a result out, whatever the bytes are; and whose fault it was."""

import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from markupsafe import escape
from typer.testing import CliRunner

from grading.assessment import submitted
from grading.cohort.job import Job, Product, grade_one, job_of
from grading.cohort.submissions import Submission
from grading.commands.cli import app
from grading.marking.verdict import Verdict
from grading.reports.html import home_command
from grading.running.execution_report import State

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("jobs")]  # one warm process
TRACKED = (
    "import mlflow\nmlflow.set_experiment('tumour forecast')\nwith mlflow.start_run(): mlflow.log_metric('rmse', 1)"
)

KILL = "import os; os.kill(os.getppid(), 9); os._exit(1)"


@pytest.fixture
def job(make_notebook: Callable[..., Path]) -> Callable[..., Job]:
    def make(
        *cells: str,
        raw: bytes | None = None,
        file_name: str = "M9_01_mlflow_setup.ipynb",
        companions: Mapping[str, bytes] | None = None,
        lesson: str = "M9_01",
    ) -> Job:
        content = make_notebook(*cells).read_bytes() if raw is None else raw
        submission = Submission("Ada", lesson, file_name, content, companions or {}, "ada/x.ipynb")
        return job_of(submission, timeout=60, confine="off")

    return make


def test_a_submission_is_graded_with_its_pages(job: Callable[..., Job]) -> None:
    product = grade_one(job(TRACKED))
    card = product.graded.scorecard
    assert card is not None
    assert (card.execution.state, product.graded.attempts) == (State.FINISHED, 1)
    assert product.graded.graded
    assert 0 < card.score < 100
    assert "M9_01_mlflow_setup.ipynb" in product.page
    assert nbformat.reads(product.executed, as_version=4).cells[-1].execution_count
    assert Product.model_validate_json(product.model_dump_json()) == product


def test_its_page_shows_the_figures_and_the_cell_that_failed(job: Callable[..., Job]) -> None:
    figure = (
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([0, 1])\n"
        "with mlflow.start_run(run_name='curves'):\n    mlflow.log_figure(figure, 'learning_curve.png')\n    leaderbord"
    )
    page = grade_one(job(TRACKED, figure, "open('none.csv')\n'/tmp/grading-x/run/private/own.csv'")).page
    assert '<img src="data:image/webp;base64,' in page
    assert 'alt="learning_curve.png, as logged by the run curves"' in page
    assert '<span class="no">→ 6</span>    leaderbord</mark>' in page
    assert "Nothing of that name exists yet" in page
    assert "<b>curves</b>" in page
    assert "grading-" not in page.replace("<title>", "")  # folders of this machine
    assert page.count("did not finish") == 2


def test_a_store_that_cannot_be_read_costs_no_page(job: Callable[..., Job]) -> None:
    damage = "import pathlib\npathlib.Path('mlflow.db').write_bytes(b'not a database' * 100)\nleaderbord"
    page = grade_one(job(damage)).page
    assert "→ 3" in page
    assert 'id="logged"' not in page


@pytest.mark.parametrize("name", ["M9_01_mlflow_setup.ipynb", "M9_01_it's mine; $(x).ipynb", "own.ipynb"])
def test_the_command_on_the_page_gives_the_same_scorecard_at_home(
    job: Callable[..., Job], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = grade_one(job(TRACKED, file_name=name))
    here = graded.graded.scorecard
    assert here
    words = shlex.split(home_command(here))
    assert escape(home_command(here)) in graded.page
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "M9_01_a_test.ipynb").rename(tmp_path / "notebooks" / name)
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(app, [*words[1:], "--json", "again.json", "--confine", "off"])
    assert found.exit_code == 0, found.output
    (again,) = json.loads(Path("again.json").read_text())["scorecards"]
    assert [result["verdict"] for result in again["results"]] == [result.verdict for result in here.results]
    (page,) = Path("report").glob("[!i]*.html")
    assert again["sha256"] == here.sha256
    assert here.sha256 in page.read_text()


def test_a_job_travels_as_json(job: Callable[..., Job]) -> None:
    own = job(raw=b"\xff\x00", companions={"a.csv": b"\xfe"}, file_name="M9_01_\udcff.ipynb")
    assert Job.model_validate_json(own.model_dump_json()) == own


@pytest.mark.parametrize("raw", [b"", b"print(1)", b"\xff\xfe", b'{"cells": 1}', b"{}"])
def test_a_file_that_is_no_notebook_is_the_students_and_nothing_attempted(job: Callable[..., Job], raw: bytes) -> None:
    product = grade_one(job(raw=raw))
    card = product.graded.scorecard
    assert card is not None
    assert product.graded.graded
    assert card.execution.state is State.NOT_RUN
    assert {result.verdict for result in card.results} == {Verdict.NOT_ATTEMPTED}
    assert (card.score, product.executed) == (0, "")
    assert card.results[0].found
    assert card.results[0].hint == "hand in the file that JupyterLab saved"


def test_what_breaks_on_our_side_is_ungraded(job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submitted, "assess", broken)
    product = grade_one(job(TRACKED))
    assert product.graded.scorecard is None
    assert not product.graded.graded
    assert "No space left on device" in product.graded.problem


def test_a_check_that_cannot_judge_leaves_it_ungraded(job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    from grading.lessons.m9_01 import checks as m9_01_mlflow_setup

    def mistaken(evidence: object) -> str:
        raise ZeroDivisionError("ours")

    first = m9_01_mlflow_setup.lesson.checks[0]
    monkeypatch.setattr(type(first), "function", property(lambda _: mistaken), raising=False)
    product = grade_one(job(TRACKED))
    assert not product.graded.graded
    assert "could not judge" in product.graded.problem
    assert product.page


def test_another_version_of_the_grader_grades_nothing(job: Callable[..., Job]) -> None:
    product = grade_one(job(TRACKED).model_copy(update={"grader": "other"}))
    assert "another version of the grader" in product.graded.problem


def test_names_that_lead_elsewhere_stay_in_the_folder(job: Callable[..., Job], tmp_path: Path) -> None:
    source = "import os; print(sorted(os.listdir()), sorted(os.listdir('..')))"
    names = {"../up.csv": b"1", str(tmp_path / "abs.csv"): b"1", ".git": b"1", "own data.csv": b"1"}
    product = grade_one(job(source, file_name="../../M9_01_<b>.ipynb", companions=names))
    printed = json.loads(product.executed)["cells"][-1]["outputs"][0]["text"]
    assert "own data.csv" in "".join(printed)
    assert "M9_01_handed_in.ipynb" in "".join(printed)
    assert "up.csv" not in "".join(printed)
    assert not (tmp_path / "abs.csv").exists()
    assert "<b>" not in product.page


def test_text_that_no_file_can_hold_is_kept_as_its_escape(job: Callable[..., Job]) -> None:
    product = grade_one(job("print('a\\udc80b')"))
    product.executed.encode()
    assert product.graded.scorecard


def test_a_notebook_of_ones_own_is_known_by_its_name(job: Callable[..., Job]) -> None:
    card = grade_one(job(TRACKED, file_name="M9_05_own.ipynb", lesson="M9_05")).graded.scorecard
    assert card is not None
    assert {result.group for result in card.results} == {"checklist"}


def test_a_warm_process_that_is_killed_costs_one_more_attempt(job: Callable[..., Job], tmp_path: Path) -> None:
    once = tmp_path / "once"
    kill_once = f"import pathlib\nif not pathlib.Path({str(once)!r}).exists(): open({str(once)!r}, 'w'); {KILL}"
    product = grade_one(job(kill_once, TRACKED))
    assert (product.graded.graded, product.graded.attempts) == (True, 2)
    assert product.graded.scorecard
    assert product.graded.scorecard.execution.state is State.FINISHED


def test_a_notebook_that_kills_it_again_is_ungraded(job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.cohort.job.ATTEMPTS", 1)  # one warm process less to wait for
    product = grade_one(job(KILL))
    assert product.graded.scorecard is None
    assert "killed each time" in product.graded.problem
