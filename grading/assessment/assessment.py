"""One notebook from file to scorecard: run it alone, then grade what it left behind."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grading.errors import StoreError, shorten
from grading.evidence.data_files import DATA, DataFiles
from grading.evidence.evidence import Evidence, Training
from grading.evidence.fingerprints import fingerprints_of
from grading.evidence.open_store import open_store
from grading.lessons import find_lesson, lesson_or_own, solution_sources
from grading.lessons.errata import corrected
from grading.marking.grader import Part, nothing_to_grade, scorecard
from grading.marking.lesson import Lesson
from grading.marking.verdict import Scorecard
from grading.reports.exhibits import Exhibits, exhibits_of
from grading.running.execution import TIMEOUT, Execution, run_notebook
from grading.running.kernels.confinement import DEFAULT, Confine, Limits
from grading.running.kernels.prediction import predict
from grading.running.kernels.privileges import can_change_user
from grading.running.kernels.warm_process import WarmthError
from grading.running.notebook import Notebook, lesson_id, overlay, read_notebook
from grading.running.scratch import scratch_folder

MOST_TOLD = 4  # of what was not judged


@dataclass(frozen=True)
class Assessment:
    """The scorecard, and the executed notebook it is of."""

    scorecard: Scorecard
    executed: Any
    folder: Path  # what the notebook left behind; gone when the assessment was made in a temporary folder
    fingerprints: Mapping[str, str] = field(default_factory=dict)  # of what it logged, to be compared within a class
    attempts: int = 1  # runs it took: two when the warm process died during the first
    exhibits: Exhibits = field(default_factory=Exhibits)  # for the scorecard's page


def assess(
    path: Path,
    *,
    lesson: str | None = None,
    solution: bool = False,
    part: Part = "practice",
    timeout: float = TIMEOUT,
    confine: Confine = "auto",
    limits: Limits = DEFAULT,
    thorough: bool = False,
) -> Assessment:
    """Run and grade one notebook file; with `solution`, with the reference solutions in its exercise cells.

    `limits`: what a confined one may use, but for processor time, of which it has `timeout`.
    `thorough`: every candidate and fold is trained again, not a sample of them.
    A notebook that fails is graded on what it logged; one whose warm process died is run once more.
    Raises NotebookError when the file cannot be run at all, InputError when it cannot be confined though it must.
    """
    wanted = find_lesson(lesson) if lesson else lesson_or_own(lesson_id(path))
    notebook = corrected(read_notebook(path))
    node = overlay(notebook.node, solution_sources(wanted)) if solution else None
    how: dict[str, Any] = {"timeout": timeout, "node": node, "confine": confine, "limits": limits}
    training: Training = "all" if thorough else "sample"
    try:
        return _assess(wanted, notebook, part, training, how)
    except WarmthError:
        return replace(_assess(wanted, notebook, part, training, how), attempts=2)


def _assess(lesson: Lesson, notebook: Notebook, part: Part, training: Training, how: dict[str, Any]) -> Assessment:
    with temporary_folder() as folder:
        execution = run_notebook(notebook, folder, data=DATA, **how)
        done, evidence = _grade(lesson, notebook, execution, part, training)
        node = how["node"]
        return replace(done, exhibits=exhibits_of(evidence, execution, solution=node is not None))


def grade_execution(lesson: Lesson, notebook: Notebook, execution: Execution, part: Part) -> Assessment:
    """Grade what an execution left behind; the same execution can be graded for both parts."""
    return _grade(lesson, notebook, execution, part, "sample")[0]


def _grade(
    lesson: Lesson, notebook: Notebook, execution: Execution, part: Part, training: Training
) -> tuple[Assessment, Evidence | None]:
    """The assessment, and the evidence that it is of; None when the notebook left no store."""
    about: dict[str, Any] = {
        "notebook": shorten(notebook.path.name),
        "sha256": notebook.sha256,
        "execution": execution.report,
    }
    try:
        evidence = evidence_of(lesson, execution, part, training, notebook.sha256)
    except StoreError as error:
        nothing = nothing_to_grade(lesson, part, str(error), **about)
        return Assessment(nothing, execution.notebook, execution.folder), None
    card = scorecard(lesson, evidence, **about)
    unsaid = [shorten(each) for each in dict.fromkeys(evidence.not_judged)][:MOST_TOLD]
    notes = [f"not judged, and no points lost for it: {'; '.join(unsaid)}"] if unsaid else []
    # A copy of the course's data, such as the repository that M9_03 tells to make, is nothing to look at.
    names = [file.name for file in evidence.data.of_its_own(execution.folder)]
    own = [name for name in dict.fromkeys(names) if name not in execution.companions]
    if own:
        notes.append(f"the notebook made its own data file {shorten(own)}: see that it is what it should be")
    if notes:
        card = card.model_copy(update={"notes": tuple(notes)})
    return Assessment(card, execution.notebook, execution.folder, fingerprints_of(evidence)), evidence


def evidence_of(
    lesson: Lesson, execution: Execution, part: Part, training: Training = "sample", drawn_by: str = ""
) -> Evidence:
    """What an execution left behind, for the checks; raises StoreError when there is no store.

    `drawn_by`: the hash of what was handed in, by which the sample of what is trained again is drawn.
    """
    confined = execution.report.confinement != "none"
    return Evidence(
        store=open_store(execution.tracking_uri, root=execution.folder),
        part=part,
        worked_experiment=lesson.worked_experiment,
        worked_data=lesson.worked_data,
        data=DataFiles((DATA, execution.folder)),
        code=execution.code,
        reproducer=lambda request: predict(request, confined=confined),
        training=training,
        drawn_by=drawn_by,
        rest_is_training=lesson.rest_is_training,
    )


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, even when a notebook left files in it that cannot be deleted."""
    with scratch_folder("grading-") as folder:
        if can_change_user():
            folder.chmod(0o711)  # a kernel with a user of its own must get to its folder in here
        yield folder.resolve() / "run"
