"""The benchmark measures what it says: the class, the peers' notebooks, the counting of time and memory."""

import ast
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from grading.errors import GradingError
from grading.evidence.data_files import DATA
from grading.lessons import LESSONS
from grading.marking.lesson import Lesson
from grading.running.execution import run_notebook
from grading.running.kernels.warm_process import SUPPORTED, shared
from grading.running.notebook import Notebook
from grading.workshop.bench import __main__ as bench
from grading.workshop.bench import nbgrader, otter, peers, tables
from grading.workshop.bench.class_run import shares
from grading.workshop.bench.classroom import KINDS, Submission, solved, submissions, write
from grading.workshop.bench.ours import Ours
from grading.workshop.bench.processes import PrivateMemory, ProcessorTime

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("bench")]
FIRST = LESSONS[0]


@pytest.fixture(scope="module")
def a_class() -> list[Submission]:
    return submissions(10)


def sources(node: Any) -> list[str]:
    return [cell.source for cell in node.cells]


def with_key(node: Any, key: str) -> dict[str, Any]:
    return {cell["id"]: cell.metadata[key] for cell in node.cells if key in cell.metadata}


def test_the_class_of_forty_is_twenty_solved_eight_untouched_and_twelve_mutants(a_class: list[Submission]) -> None:
    assert Counter(one.kind for one in a_class) == {"solved": 20, "untouched": 8, "mutant": 12}
    assert Counter(one.lesson.id for one in a_class) == {lesson.id: 10 for lesson in LESSONS}
    assert {one.kind for one in a_class if one.student in ("student-001", "student-002", "student-003")} == set(KINDS)


def test_the_class_is_the_same_at_every_call_and_no_two_notebooks_are(a_class: list[Submission]) -> None:
    again = submissions(3)
    assert [sources(one.node) for one in again] == [sources(one.node) for one in a_class[:12]]
    assert len({"".join(sources(one.node)) for one in a_class}) == 40


def test_a_mutant_differs_from_the_solution_in_its_exercises_alone(a_class: list[Submission]) -> None:
    for one in a_class:
        if one.kind == "mutant":
            pairs = zip(solved(one.lesson).cells, one.node.cells, strict=True)
            differing = {cell["id"] for original, cell in pairs if original.source != cell.source}
            assert {id for id in differing if not id.endswith("-work")} == {"parameters"}, one.student
            assert len(differing) > 1


def test_a_class_is_written_as_a_folder_a_student(a_class: list[Submission], tmp_path: Path) -> None:
    written = write(tmp_path, a_class[:4])
    assert [path.relative_to(tmp_path).parts for path in written] == [
        ("student-001", lesson.file_name) for lesson in LESSONS
    ]


@pytest.mark.parametrize("number", [1, 4])
def test_two_processes_get_half_of_each_lesson_and_no_submission_twice(number: int) -> None:
    handed_in = submissions(4, LESSONS[:number])
    dealt = shares(handed_in, 2)
    assert sorted(id(one) for half in dealt for one in half) == sorted(map(id, handed_in))
    for half in dealt:
        assert Counter(one.lesson.id for one in half) == {lesson.id: 2 for lesson in LESSONS[:number]}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_nbgraders_notebook_has_a_solution_for_each_exercise_and_a_locked_test_for_each_task(lesson: Lesson) -> None:
    node = nbgrader.annotated(solved(lesson), lesson)
    nbformat.validate(node)
    found = with_key(node, "nbgrader")
    for data in found.values():  # the keys of its schema, version 3
        assert {"schema_version", "grade", "locked", "solution", "task", "grade_id"} <= set(data)
        assert set(data) - {"schema_version", "grade", "locked", "solution", "task", "grade_id"} <= {"points"}
    assert [id for id, data in found.items() if data["solution"]] == [
        *(f"task{task.number}-work" for task in lesson.tasks),
        "document-work",
    ]
    tests = [data for data in found.values() if data["grade"]]
    assert [(data["grade_id"], data["points"], data["locked"]) for data in tests] == [
        (f"task{task.number}-test", 1, True) for task in lesson.tasks
    ]
    assert len({data["grade_id"] for data in found.values()}) == len(found)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_otters_notebook_starts_it_and_names_a_test_for_each_task(lesson: Lesson) -> None:
    node = otter.annotated(solved(lesson), lesson)
    nbformat.validate(node)
    assert "otter.Notebook()" in node.cells[0].source
    assert list(with_key(node, "otter").values()) == [{"tests": [f"task{task.number}"]} for task in lesson.tasks]


@pytest.mark.parametrize("annotated", [nbgrader.annotated, otter.annotated])
def test_a_peer_runs_the_cells_that_we_run(annotated: Any) -> None:
    original = {cell["id"]: cell.source for cell in solved(FIRST).cells}
    given = {cell["id"]: cell.source for cell in annotated(solved(FIRST), FIRST).cells}
    changed = {id for id, source in original.items() if given.get(id) != source}
    assert changed == {"parameters"}  # DATA_DIR; the rest of what differs was added
    assert all(id.endswith(("-test", "-otter", "-start")) for id in set(given) - set(original))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_peers_test_asks_for_an_experiment_that_is_not_the_lessons_own(lesson: Lesson) -> None:
    for task in lesson.tasks:
        source = peers.test_of(lesson, task.number)
        names = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
        assert lesson.worked_experiment in names


def test_the_machine_and_its_versions_are_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 5.0, 5.0))
    (line,) = tables.machine()
    assert f"{os.cpu_count()} cores, Python 3." in line
    assert "mlflow 3." in line
    assert "Load average at the start: 0.10" in line


def test_a_busy_machine_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.6, 0.0, 0.0))
    assert list(tables.machine())[-1].startswith("> The machine was busy")


def test_a_table_is_markdown_with_medians_ranges_and_ratios() -> None:
    row = ["M9_01", tables.spread([2.0, 3.0, 1.5]), tables.ratio([20.0], [2.0, 3.0, 1.5])]
    assert list(tables.table(["lesson", "seconds", "÷ ours"], [row])) == [
        "| lesson | seconds | ÷ ours |",
        "| --- | --- | --- |",
        "| M9_01 | 2.00 (1.50–3.00) | 10.0 × |",
    ]
    assert tables.spread([2.0]) == "2.00"


def test_a_section_that_cannot_be_measured_says_why_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def impossible() -> list[str]:
        raise GradingError("no peer here")

    monkeypatch.setattr(bench, "sections", lambda *_: {"class": impossible, "single": lambda: ["| a | b |"]})
    assert bench.main(["--quick"]) == 1
    printed = capsys.readouterr().out
    assert "Command: `make bench`, which is `python -m grading.workshop.bench --quick`" in printed
    assert "> Not measured: no peer here" in printed
    assert "## Single\n\n| a | b |" in printed


# A process that lets its children go unasked, as the warm process does; its child works, says how much, and waits.
FORGETFUL = """import os, signal, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    while time.process_time() < 0.3:
        pass
    print(time.process_time(), flush=True)
    signal.pause()
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processor_time_includes_what_a_parent_never_asks_for() -> None:
    with ProcessorTime() as used:
        process = subprocess.Popen([sys.executable, "-c", FORGETFUL], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout
        worked = float(process.stdout.readline())
        used.look()
        (child,) = psutil.Process(process.pid).children()
        child.kill()
        psutil.wait_procs([child], timeout=30)
        process.communicate()
    assert used.seconds >= worked - 0.02  # the system counts in hundredths


@pytest.mark.skipif(not SUPPORTED, reason="warm kernels need Linux")
def test_a_running_kernels_own_memory_is_seen(tmp_path: Path) -> None:
    shared()
    cell = nbformat.v4.new_code_cell("import time\nheld = bytearray(b'1') * 60_000_000\ntime.sleep(0.3)", id="hold")
    notebook = Notebook(tmp_path / "M9_01_held.ipynb", nbformat.v4.new_notebook(cells=[cell]), "")
    with PrivateMemory() as memory:
        run_notebook(notebook, tmp_path / "run", data=DATA)
    assert 60 < memory.largest <= memory.peak


def test_ours_grades_a_class_and_tells_its_marks(tmp_path: Path) -> None:
    pytest.importorskip("grading.cohort.class_run")
    prepared = Ours("off").prepare(tmp_path, submissions(1, [FIRST], ["tiny"]))
    peers.run(prepared)
    ((whose, mark),) = prepared.marks().items()
    assert whose == ("student-001", "M9_01")
    assert 0 <= mark < 0.5
