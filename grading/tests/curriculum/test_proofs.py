"""The curriculum proves itself: see grading/curriculum/proofs.py for what each proof says."""

import copy
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grading.assessment.assessment import grade_execution
from grading.curriculum.branches import families, judge_family
from grading.curriculum.gallery import Case, Judgement, cases, few_for_all_checks, judge
from grading.curriculum.proofs import conforms, lesson_notebooks, proofs_of_run, run_lesson
from grading.evidence.data_files import DATA
from grading.files import NOTEBOOKS, ROOT, TOOLS
from grading.lessons import LESSONS, find_lesson
from grading.marking.grader import checks_of
from grading.marking.lesson import Lesson
from grading.running.execution import run_notebook
from grading.running.kernels.provisioner import KERNEL_NAME
from grading.running.notebook import read_notebook
from grading.tests.conftest import LessonRun
from grading.tests.docs.doc_pages import blocks_in

FAMILIES = families(case for lesson in LESSONS for case in cases(lesson))
LARGEST = [max((one for one in FAMILIES if one[0].lesson is lesson), key=len) for lesson in LESSONS]
FIRST = [case for family in LARGEST for case in family[:1]]  # one of each lesson
# A mutant for every check, and right answers in other styles: `make test` judges these, `make prove` all. What others
# handed in is longer, and is judged by `make prove` alone.
CHOSEN = {lesson.id: few_for_all_checks(cases(lesson)) for lesson in LESSONS}
QUICK = [case for family in FAMILIES for case in family if not case.was_handed_in]
IN_TEST = [case for case in QUICK if not case.is_mutant or case in CHOSEN[case.lesson.id]]


def first_in_test(lessons: Sequence[Lesson]) -> list[Any]:
    """The first lesson for `make test`, the others only for `make prove`."""
    return [lessons[0], *(pytest.param(lesson, marks=pytest.mark.exhaustive) for lesson in lessons[1:])]


@pytest.mark.parametrize("path", lesson_notebooks(), ids=lambda path: path.stem)
def test_a_notebook_conforms_to_the_template(path: Path) -> None:
    assert conforms(path).problems == ()


@pytest.mark.slow
@pytest.mark.parametrize("lesson", first_in_test(LESSONS), ids=lambda lesson: lesson.id)
def test_an_untouched_lesson_runs_clean_and_earns_nothing(lesson: Lesson, tmp_path: Path) -> None:
    for proof in proofs_of_run(lesson, *run_lesson(lesson, tmp_path / "run", solution=False), solved=False):
        assert proof.problems == (), proof.claim


@pytest.mark.slow
@pytest.mark.xdist_group("solved")
def test_the_solved_first_lesson_runs_clean_and_earns_everything(solved: LessonRun) -> None:
    for proof in proofs_of_run(solved.lesson, solved.notebook, solved.execution, solved=True):
        assert proof.problems == (), proof.claim


@pytest.mark.exhaustive
@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda lesson: lesson.id)
def test_a_solved_lesson_runs_clean_and_earns_everything(lesson: Lesson, tmp_path: Path) -> None:
    for proof in proofs_of_run(lesson, *run_lesson(lesson, tmp_path / "run", solution=True), solved=True):
        assert proof.problems == (), proof.claim


Judged = Callable[[Case], Judgement]


@pytest.fixture(scope="session")
def judged(request: pytest.FixtureRequest) -> Judged:
    """A case's judgement, made with all those of its family that were asked for."""
    parameters = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [value for found in parameters if found for value in found.params.values() if isinstance(value, Case)]
    found: dict[Path, Judgement] = {}

    def judgement(case: Case) -> Judgement:
        if case.folder not in found:
            family = [other for other in next(one for one in FAMILIES if case in one) if other in asked]
            found.update({judgement.case.folder: judgement for judgement in judge_family(family)})
        return found[case.folder]

    return judgement


def in_families(*wanted: Case) -> list[Any]:
    """Parameters that keep a family on one worker; those that `make test` does not judge are marked so."""
    return [
        pytest.param(
            case,
            id=f"{case.lesson.id}-{case.name}",
            marks=[
                pytest.mark.xdist_group(f"gallery-{number}"),
                pytest.mark.slow if case in IN_TEST and not wanted else pytest.mark.exhaustive,
            ],
        )
        for number, family in enumerate(FAMILIES)
        for case in family
        if not wanted or case in wanted
    ]


@pytest.mark.parametrize("case", in_families())
def test_a_case_of_the_gallery_loses_exactly_its_checks(case: Case, judged: Judged) -> None:
    assert judged(case).problems == ()


@pytest.mark.parametrize("case", in_families(*FIRST))
def test_a_branch_has_the_scorecard_of_the_case_run_alone(case: Case, judged: Judged) -> None:
    branch, alone = judged(case).card, judge(case).card
    assert branch is not None
    assert alone is not None
    assert [(r.id, r.verdict, r.points) for r in branch.results] == [(r.id, r.verdict, r.points) for r in alone.results]
    assert branch.execution.state == alone.execution.state


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_check_has_a_mutant_that_make_test_judges(lesson: Lesson) -> None:
    tripped = {check for case in CHOSEN[lesson.id] for check in case.expected["lost"]}
    assert {check.id for check in checks_of(lesson)} - tripped == set()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_the_gallery_is_large_enough(lesson: Lesson) -> None:
    mutants = [case for case in cases(lesson) if case.is_mutant]
    assert len(mutants) >= 24
    assert len(cases(lesson)) - len(mutants) >= 6


@pytest.mark.exhaustive
@pytest.mark.parametrize(("id", "said"), [("M9_02", ""), ("M9_03", "the same bytes: True\n")])
def test_the_code_that_going_further_only_shows_runs_where_it_stands(id: str, said: str, tmp_path: Path) -> None:
    """It would make the lesson longer to run; who copies it into a cell must find that it works."""
    notebook = read_notebook(NOTEBOOKS / find_lesson(id).file_name)
    node = copy.deepcopy(notebook.node)
    shown = []
    for cell in node.cells:
        codes = [block.code for block in blocks_in(cell.source) if block.info == "python"]
        if cell.cell_type == "markdown" and cell.id.startswith("further") and codes:
            cell.update(nbformat.v4.new_code_cell("".join(codes), id=cell.id))
            shown.append(cell.id)
    execution = run_notebook(notebook, tmp_path / "run", data=DATA, node=node)
    cells = [cell for cell in execution.notebook.cells if cell.id in shown]
    assert cells
    assert [f"{failure.cell}: {failure.error}" for failure in execution.report.failures] == []
    assert said in "".join(output.get("text", "") for output in cells[-1].outputs)


def lay_tools(folder: Path) -> None:
    """What a student has beside the notebooks."""
    for tool in TOOLS.values():
        shutil.copy(tool, folder)


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", lesson_notebooks(), ids=lambda path: path.stem)
def test_the_numbers_in_the_prose_are_what_runs_today(path: Path, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    copied = shutil.copy(path, tmp_path / "notebooks")
    lay_tools(tmp_path / "notebooks")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q", copied]
    done = subprocess.run(command, cwd=tmp_path / "notebooks", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.exhaustive
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_papermill_runs_a_lesson_without_a_word_on_stderr(lesson: Lesson, tmp_path: Path) -> None:
    import papermill

    lay_tools(tmp_path)
    executed = papermill.execute_notebook(
        NOTEBOOKS / lesson.file_name,
        None,
        kernel_name=KERNEL_NAME,  # nbval and JupyterLab run the lessons in ordinary ones
        parameters={"TRACKING_URI": f"sqlite:///{tmp_path / 'mlflow.db'}", "DATA_DIR": str(ROOT / "data")},
        cwd=tmp_path,
        progress_bar=False,
        execution_timeout=300,
    )
    streams = [
        output for cell in executed.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ]
    assert [output.text for output in streams if output.name == "stderr"] == []


@pytest.mark.slow
@pytest.mark.xdist_group("solved")
def test_the_worked_part_is_marked_by_the_same_checklist(solved: LessonRun) -> None:
    card = grade_execution(solved.lesson, solved.notebook, solved.execution, "worked").scorecard
    assert {result.group for result in card.results} == {"checklist"}
    assert card.percent == 100


@pytest.mark.slow
def test_the_template_runs_as_it_is(tmp_path: Path) -> None:
    from grading.jupyter.template import TEMPLATE
    from grading.running.execution import run_notebook
    from grading.running.execution_report import State
    from grading.running.notebook import read_notebook

    report = run_notebook(read_notebook(TEMPLATE), tmp_path / "run", data=DATA).report
    assert report.failures == ()
    assert report.state is State.FINISHED


@pytest.mark.parametrize("path", lesson_notebooks(), ids=lambda path: path.stem)
def test_a_notebook_file_is_written_as_its_tools_write_it(path: Path) -> None:
    assert path.read_text("utf-8") == nbformat.writes(nbformat.read(path, as_version=4)) + "\n"
