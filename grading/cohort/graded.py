"""What the class run keeps of one submission: one JSON file each, `version` 1, described in docs/results.md."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from grading.assessment.grader_hash import grader_sha256
from grading.frozen import Frozen
from grading.marking.verdict import Scorecard


class Graded(Frozen):
    """One submission and its scorecard or, when there is none, why it is ungraded: our fault, and not a zero."""

    version: Literal[1] = 1
    key: str  # what the mark depends on: see key_of
    student: str
    slug: str  # the student's name as a folder
    sid: str = ""
    platform: str = ""  # whose id that is
    late: bool = False
    lesson: str
    origin: str  # where the submission was found
    sha256: str  # of what was handed in
    scorecard: Scorecard | None
    problem: str = ""  # why it is ungraded, in a sentence
    seconds: float
    cpu_seconds: float = 0.0
    peak_memory: int = 0  # bytes
    worker: str = ""
    attempts: int = 1
    graded_at: str  # ISO 8601, UTC
    fingerprints: dict[str, str] = Field(
        default_factory=dict
    )  # of what was handed in and logged, to be compared within the class

    @property
    def place(self) -> str:
        """What no other submission of the class has, and where its result lies."""
        return f"{self.slug}/{self.lesson}"

    @property
    def graded(self) -> bool:
        """False when there is no mark to use: it is tried again by the next run."""
        return self.scorecard is not None and self.scorecard.graded


def key_of(sha256: str, lesson: str, timeout: float, *, thorough: bool = False) -> str:
    """What the mark of a submission depends on: the submission, the lesson, the grader, the options."""
    own = version("module-09-experiment-tracking")
    options = [float(timeout), *(["thorough"] if thorough else [])]
    return hashlib.sha256(json.dumps([sha256, lesson, own, grader_sha256(), *options]).encode()).hexdigest()


def read_graded(path: Path) -> Graded | None:
    """The result in a file, None when there is no such file; raises ValueError when it is not one of ours."""
    try:
        return Graded.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}") from None
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from None
