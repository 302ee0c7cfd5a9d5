"""A notebook as it was handed in, bytes and all, from a temporary folder to its scorecard."""

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grading.assessment.assessment import Assessment, assess
from grading.errors import shorten
from grading.lessons import LESSONS, lesson_or_own
from grading.marking.grader import nothing_to_grade
from grading.marking.verdict import Scorecard
from grading.running.execution_report import ExecutionReport, State
from grading.running.kernels.confinement import Confine

PLAIN_NAME = re.compile(r"(?!\.)[\w .()-]{1,100}")  # in the temporary folder; others get a name of ours
HAND_IN = "hand in the file that JupyterLab saved"


@dataclass(frozen=True)
class Submitted:
    """What somebody handed in for one lesson."""

    lesson: str  # id
    file_name: str
    notebook: bytes
    companions: Mapping[str, bytes]  # data files that came with it, by name

    @property
    def plain_name(self) -> str:
        """The name as handed in, when it is harmless: the notebook's commit, and what it may look for, depend on it."""
        name = PurePosixPath(self.file_name).name
        harmless = PLAIN_NAME.fullmatch(name) and name.endswith(".ipynb")
        return name if harmless else f"{self.lesson}_handed_in.ipynb"


def assess_submitted(submitted: Submitted, *, timeout: float, confine: Confine, thorough: bool = False) -> Assessment:
    """Run and grade it; raises as `assess` does. `timeout`: seconds for the whole notebook."""
    with tempfile.TemporaryDirectory(prefix="grading-submission-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / submitted.plain_name
        path.write_bytes(submitted.notebook)
        for name, content in submitted.companions.items():
            if PLAIN_NAME.fullmatch(name) and name != path.name:
                (path.parent / name).write_bytes(content)
        known = submitted.lesson in {lesson.id for lesson in LESSONS}  # one of a student's own is known by its name
        lesson = submitted.lesson if known else None
        done = assess(path, lesson=lesson, timeout=timeout, confine=confine, thorough=thorough)
    return replace(done, scorecard=done.scorecard.model_copy(update={"notebook": submitted.file_name}))


def no_notebook(submitted: Submitted, reason: str) -> Scorecard:
    """The scorecard of a file that cannot be run at all."""
    card = nothing_to_grade(
        lesson_or_own(submitted.lesson),
        "practice",
        reason,
        notebook=submitted.file_name,
        sha256=hashlib.sha256(submitted.notebook).hexdigest(),
        execution=ExecutionReport(state=State.NOT_RUN),
    )
    results = tuple(
        result.model_copy(update={"expected": "a notebook that runs as Python", "hint": HAND_IN})
        for result in card.results
    )
    return card.model_copy(update={"results": results, "notes": (shorten(reason),)})
