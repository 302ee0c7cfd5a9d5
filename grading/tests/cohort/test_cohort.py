"""Class runs: what is graded again and what is not, what a stopped run leaves, what the command says."""

import dataclasses
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from grading.class_reports.reports import write_reports
from grading.cohort.class_run import STOPPED, Options, Outcome, grade_class, make_plan, may_run
from grading.cohort.graded import Graded
from grading.cohort.job import Job, Product
from grading.cohort.results_folder import ResultsFolder
from grading.cohort.submissions import Found, Submission
from grading.cohort.workers import Event
from grading.errors import GradingError, InputError
from grading.running.kernels.confinement import Strength
from grading.tests.commands.test_cli import TRACKED, processed
from grading.tests.conftest import files_of_at_most
from grading.tests.stub_worker import stand_in

pytestmark = pytest.mark.slow

ADA, BOB = (
    Submission(name, "M9_01", "M9_01_a.ipynb", f'{{"who": "{name}"}}'.encode(), {}, "a") for name in ("Ada", "Bob")
)


class Here:
    """Workers that grade in this process, by the stand-in, until something happens instead."""

    def __init__(self, *happens: BaseException | None) -> None:
        self.happens = [*happens]
        self.graded: list[str] = []

    def grade(self, jobs: Sequence[Job]) -> Iterator[Event]:
        for job in jobs:
            if self.happens and (error := self.happens.pop(0)):
                raise error
            self.graded.append(job.student)
            yield stand_in(job)

    def close(self) -> None:
        pass


def class_of(*submissions: Submission) -> Found:
    return Found("test", submissions, (), tuple(one.student for one in submissions))


def grade(
    out: Path, *submissions: Submission, workers: Here | None = None, **options: object
) -> tuple[Outcome, list[str], tuple[str, ...]]:
    """What a run did, whom it graded, and its notes."""
    found, folder, workers = class_of(*submissions), ResultsFolder(out), workers or Here()
    plan = make_plan(found, folder, Options(**options))  # type: ignore[arg-type]
    outcome = grade_class(plan, folder, workers, lambda _: None)
    return write_reports(found, outcome, folder.path), workers.graded, plan.notes


def changed(one: Submission, **facts: object) -> Submission:
    return dataclasses.replace(one, **facts)  # type: ignore[arg-type]


def test_only_what_is_new_or_changed_is_graded(tmp_path: Path) -> None:
    assert grade(tmp_path, ADA, BOB)[1] == ["Ada", "Bob"]
    assert grade(tmp_path, ADA, BOB)[1] == []
    assert grade(tmp_path, ADA, changed(BOB, notebook=b'{"who": "new"}'))[1] == ["Bob"]
    assert grade(tmp_path, ADA, BOB, timeout=10.0)[1] == ["Ada", "Bob"]
    assert grade(tmp_path, ADA, BOB, timeout=10.0, regrade=True)[1] == ["Ada", "Bob"]


def test_facts_about_a_student_are_brought_up_to_date_without_grading(tmp_path: Path) -> None:
    grade(tmp_path, ADA)
    outcome, graded, _ = grade(tmp_path, changed(ADA, late=True, sid="7"))
    assert graded == []
    assert (outcome.graded[0].late, outcome.graded[0].sid) == (True, "7")
    kept = ResultsFolder(tmp_path).read(ADA.slug, "M9_01")
    assert kept == outcome.graded[0]


def test_what_was_ungraded_is_tried_again(tmp_path: Path) -> None:
    class Failing(Here):
        def grade(self, jobs: Sequence[Job]) -> Iterator[Event]:
            for job in jobs:
                yield Product(graded=job.result(None, problem="no room", seconds=0))

    outcome, _, _ = grade(tmp_path, ADA, workers=Failing())
    assert not outcome.complete
    assert grade(tmp_path, ADA)[1] == ["Ada"]
    assert grade(tmp_path, ADA)[0].complete


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"version": 2}', b"\xff"])
def test_a_damaged_result_is_made_anew_with_a_note(tmp_path: Path, damage: bytes) -> None:
    grade(tmp_path, ADA, BOB)
    (tmp_path / "results" / ADA.slug / "M9_01.json").write_bytes(damage)
    outcome, graded, notes = grade(tmp_path, ADA, BOB)
    assert graded == ["Ada"]
    assert "the result of Ada M9_01 is damaged" in notes[0]
    assert len(outcome.graded) == 2


def test_a_page_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    grade(tmp_path, ADA)
    (tmp_path / "results" / ADA.slug / "M9_01.html").unlink()
    assert grade(tmp_path, ADA)[1] == ["Ada"]


def test_a_class_that_was_reported_does_not_shrink_without_a_word(tmp_path: Path) -> None:
    grade(tmp_path, ADA, BOB)
    before = (tmp_path / "gradebook.csv").read_bytes()
    with pytest.raises(InputError, match=r"found 1 missing: Ada M9_01\. Put every download .* or say --fewer"):
        grade(tmp_path, BOB)
    assert (tmp_path / "gradebook.csv").read_bytes() == before


def test_a_student_who_is_no_longer_there_is_kept_and_not_reported_when_that_is_said(tmp_path: Path) -> None:
    grade(tmp_path, ADA, BOB)
    outcome, _, _ = grade(tmp_path, BOB, fewer=True)
    assert [one.student for one in outcome.graded] == ["Bob"]
    assert (tmp_path / "results" / ADA.slug / "M9_01.json").exists()
    assert "Ada" not in (tmp_path / "gradebook.csv").read_text()


def test_one_lesson_alone_is_graded_and_the_others_are_still_reported(tmp_path: Path) -> None:
    second = changed(ADA, lesson="M9_02", file_name="M9_02_a.ipynb")
    grade(tmp_path, ADA)
    outcome, graded, _ = grade(tmp_path, ADA, second, BOB, lesson="M9_02")
    assert graded == ["Ada"]
    assert [one.place for one in outcome.graded] == [f"{ADA.slug}/M9_01", f"{ADA.slug}/M9_02"]
    assert outcome.complete


def test_two_notebooks_for_one_place_are_one_result_and_a_note(tmp_path: Path) -> None:
    outcome, graded, notes = grade(tmp_path, ADA, changed(ADA, notebook=b'{"a": 2}', origin="copy/a.ipynb"))
    assert graded == ["Ada"]
    assert notes == ("Ada M9_01 was found twice: copy/a.ipynb is left out",)
    assert outcome.complete


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GradingError("the scheduler was lost")])
def test_what_ends_a_run_early_costs_nothing_that_is_done(tmp_path: Path, error: BaseException) -> None:
    outcome, _, _ = grade(tmp_path, ADA, BOB, workers=Here(None, error))
    assert outcome.stopped == (STOPPED if isinstance(error, KeyboardInterrupt) else "the scheduler was lost")
    assert (len(outcome.graded), outcome.missing) == (1, 1)
    assert "Ada" in (tmp_path / "gradebook.csv").read_text()
    assert grade(tmp_path, ADA, BOB)[1] == ["Bob"]


def test_a_full_disk_stops_a_run_that_then_goes_on(tmp_path: Path) -> None:
    large = changed(BOB, origin="x" * 50_000)
    with files_of_at_most(20_000):
        outcome, _, _ = grade(tmp_path, ADA, large)
    assert "room to write; found: File too large" in outcome.stopped
    assert [one.student for one in outcome.graded] == ["Ada"]
    assert "Ada" in (tmp_path / "gradebook.csv").read_text()
    outcome, graded, _ = grade(tmp_path, ADA, large)
    assert (outcome.complete, graded) == (True, ["Bob"])


@pytest.fixture
def handed_in(tmp_path: Path, make_notebook: Callable[..., Path]) -> Path:
    """A class of three: one who tried, one whose file is no notebook, one with a name that is markup."""
    for student, content in (("ada", make_notebook(TRACKED).read_bytes()), ("[red]bob", b"print(1)")):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "M9_01_mlflow_setup.ipynb").write_bytes(content)
    return tmp_path / "class"


def results(out: Path) -> list[Graded]:
    return [Graded.model_validate_json(path.read_text()) for path in sorted(out.glob("results/*/M9_0?.json"))]


def test_the_command_grades_a_class_and_then_has_nothing_to_do(handed_in: Path, tmp_path: Path) -> None:
    command = ("cohort", handed_in, "--out", tmp_path / "out", "--workers", "1", "--confine", "off")
    done = processed(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 students, 2 submissions" in done.stdout
    assert "0 graded already, 2 to grade: M9_01 2" in done.stdout
    assert "[red]bob M9_01 0/100" in done.stdout
    assert "gradebook.csv" in done.stdout
    marks = {one.student: one.scorecard.score for one in results(tmp_path / "out") if one.scorecard}
    assert marks["ada"] > marks["[red]bob"] == 0
    assert "2 graded already, 0 to grade" in processed(*command).stdout


def test_a_dry_run_says_what_it_would_grade_and_writes_nothing(handed_in: Path, tmp_path: Path) -> None:
    done = processed("cohort", handed_in, "--out", tmp_path / "out", "--dry-run")
    assert done.returncode == 0
    assert "0 graded already, 2 to grade" in done.stdout
    assert "ada M9_01" in done.stdout
    assert not (tmp_path / "out").exists()


def test_a_class_is_not_run_unconfined_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.cohort.class_run.strength", lambda: Strength(0, seccomp=True))
    for confine in ("auto", "on"):
        with pytest.raises(InputError, match=r"no Landlock.*--confine off"):
            may_run(confine)
    may_run("off")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--confine", "maybe"), "expected --confine auto, on or off"),
        (("--workers", "2", "--scheduler", "tcp://127.0.0.1:1"), "found both"),
        (("--scheduler", "nowhere", "--confine", "off"), "expected tcp://HOST:PORT or a scheduler file"),
        (("--lesson", "M9_1", "--confine", "off"), "found no submission of M9_1"),
    ],
)
def test_wrong_usage_is_exit_2_and_a_sentence(
    handed_in: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = processed("cohort", handed_in, "--out", tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "out" / "results").exists()


def test_the_command_stops_before_it_reports_less_than_before(handed_in: Path, tmp_path: Path) -> None:
    command = ("cohort", handed_in, "--out", tmp_path / "out", "--workers", "1", "--confine", "off")
    assert processed(*command).returncode == 0
    (handed_in / "ada").rename(tmp_path / "elsewhere")
    books = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.csv")}
    done = processed(*command)
    assert (done.returncode, "found 1 missing: ada M9_01" in done.stderr) == (2, True)
    assert books == {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.csv")}
    assert processed(*command, "--fewer").returncode == 0


def test_a_notebook_saved_as_text_is_graded_by_the_command_with_a_sentence(handed_in: Path, tmp_path: Path) -> None:
    notebook = handed_in / "ada" / "M9_01_mlflow_setup.ipynb"
    notebook.rename(notebook.with_suffix(".ipynb.txt"))
    command = ("cohort", handed_in, "--out", tmp_path / "out", "--workers", "1", "--confine", "off")
    done = processed(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ada's ada/M9_01_mlflow_setup.ipynb.txt is read as the notebook" in done.stdout
    assert len(results(tmp_path / "out")) == 2


def test_results_among_the_submissions_are_refused(handed_in: Path) -> None:
    done = processed("cohort", handed_in, "--out", handed_in / "out", "--confine", "off")
    assert (done.returncode, "expected --out outside" in done.stderr) == (2, True)


def test_a_second_run_on_the_same_folder_says_so_and_stops(handed_in: Path, tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "out").locked():
        done = processed("cohort", handed_in, "--out", tmp_path / "out", "--confine", "off")
    assert (done.returncode, "another class run is writing to" in done.stderr) == (2, True)


STUBBED = "from grading.tests import stub_worker; stub_worker.use()\nfrom grading.commands.cli import main; main()"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_run_that_says_how_to_go_on(tmp_path: Path, number: signal.Signals) -> None:
    for student, seconds in (("a", 0), ("b", 600), ("c", 0)):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "M9_01_a.ipynb").write_text(json.dumps({"sleep": seconds}))
    command = [sys.executable, "-c", STUBBED, "cohort", "class", "--out", "out", "--workers", "1", "--confine", "off"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={"PYTHONUNBUFFERED": "1", "PATH": ""},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("1/3 a ") and said.count(line) == 1:
                process.send_signal(number)
    assert process.returncode == 130, said
    assert "Run the same command again: it goes on with the 2 that are left; what is graded is kept\n" in said
    assert [one.student for one in results(tmp_path / "out")] == ["a"]
    assert "a" in (tmp_path / "out" / "gradebook.csv").read_text()
