"""The class run's unit of work, a function of data: a submission's bytes in, its result and pages out."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from grading.assessment.grader_hash import grader_sha256
from grading.cohort.graded import Graded, key_of
from grading.errors import NotebookError, shorten
from grading.frozen import Frozen
from grading.marking.verdict import Scorecard, Verdict
from grading.running.kernels.confinement import Confine
from grading.running.kernels.warm_process import WarmthError

if TYPE_CHECKING:  # a worker starts without the lessons
    from grading.cohort.submissions import Submission

ATTEMPTS = 2  # at a submission whose worker or warm process dies


class Job(Frozen):
    """All that grading a submission needs, as plain data that can travel; as JSON, bytes are base64."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    key: str
    grader: str  # the hash of the grader that is meant: another machine may have another one
    student: str
    slug: str
    sid: str
    platform: str = ""
    late: bool
    lesson: str
    origin: str
    sha256: str
    file_name: str
    notebook: bytes
    companions: dict[str, bytes]
    timeout: float  # seconds for the whole notebook
    confine: Confine = "auto"
    thorough: bool = False  # every fold and candidate is trained again

    @property
    def name(self) -> str:
        """How people see it."""
        return f"{self.student} {self.lesson}"

    @property
    def place(self) -> str:
        """What no other submission of the class has, and where its result lies."""
        return f"{self.slug}/{self.lesson}"

    def result(self, scorecard: Scorecard | None, **about: Any) -> Graded:
        """The result of this job, of now."""
        facts = ("key", "student", "slug", "sid", "platform", "late", "lesson", "origin", "sha256")
        own = {fact: getattr(self, fact) for fact in facts}
        return Graded(**own, scorecard=scorecard, graded_at=datetime.now(UTC).isoformat(timespec="seconds"), **about)


class Product(Frozen):
    """What a job gave: the result and the content of the files beside it, which are empty when there is none."""

    graded: Graded
    page: str = ""
    executed: str = ""  # the notebook with its outputs, as JSON


def job_of(submission: "Submission", timeout: float, confine: Confine, *, thorough: bool = False) -> Job:
    """The job that grades this submission; the time limit is in seconds."""
    return Job(
        key=key_of(submission.sha256, submission.lesson, timeout, thorough=thorough),
        grader=grader_sha256(),
        student=_text(submission.student),
        slug=submission.slug,
        sid=_text(submission.sid),
        platform=submission.platform,
        late=submission.late,
        lesson=submission.lesson,
        origin=_text(submission.origin),
        sha256=submission.sha256,
        file_name=_text(submission.file_name),
        notebook=submission.notebook,
        companions={_text(name): content for name, content in submission.companions.items()},
        timeout=timeout,
        confine=confine,
        thorough=thorough,
    )


def _text(name: str) -> str:
    """The name as JSON can hold it: a file's name may be bytes that are no text."""
    return name.encode("utf-8", "replace").decode()


def ungraded(job: Job, problem: str, *, seconds: float = 0.0, attempts: int = 1, worker: str = "") -> Product:
    """What remains of a job that could not be done through our fault."""
    about = {"problem": shorten(problem), "seconds": round(seconds, 2), "attempts": attempts, "worker": worker}
    return Product(graded=job.result(None, **about))


def grade_one(job: Job) -> Product:
    """Grade one submission in a temporary folder. Never raises: what goes wrong is said in the product.

    A file that is no notebook is the student's: nothing attempted, and why. Everything else is ours: ungraded.
    """
    start = time.monotonic()
    try:
        if job.grader != grader_sha256():
            return ungraded(job, "this worker has another version of the grader: install the same one there")
        return _grade(job, start)
    except Exception as error:
        return ungraded(job, f"{type(error).__name__}: {error}", seconds=time.monotonic() - start)


def _grade(job: Job, start: float) -> Product:
    import nbformat

    from grading.assessment.submitted import Submitted, assess_submitted, no_notebook
    from grading.reports.html import render

    submission = Submitted(job.lesson, job.file_name, job.notebook, job.companions)
    executed, done = "", None
    try:
        done = assess_submitted(submission, timeout=job.timeout, confine=job.confine, thorough=job.thorough)
        card = done.scorecard
        # A lone surrogate, which no file can hold, becomes the escape that JSON has for it.
        executed = nbformat.writes(done.executed).encode("utf-8", "backslashreplace").decode()
    except NotebookError as error:
        card = no_notebook(submission, str(error))
    except WarmthError:
        reason = "the warm process that its kernel came from was killed each time, perhaps by the notebook"
        return ungraded(job, reason, seconds=time.monotonic() - start, attempts=ATTEMPTS)
    execution = card.execution
    about = {
        "problem": _problem(card),
        "seconds": round(time.monotonic() - start, 2),
        "cpu_seconds": execution.cpu_seconds,
        "peak_memory": execution.peak_memory,
        "fingerprints": dict(done.fingerprints) if done else {},
        "attempts": done.attempts if done else 1,
    }
    page = render(card, done.exhibits if done else None)
    return Product(graded=job.result(card, **about), page=page, executed=executed)


def _problem(card: Scorecard) -> str:
    """Why a scorecard cannot be used, when a check failed on our side."""
    broken = [result for result in card.results if result.verdict is Verdict.ERROR]
    return shorten(f"{len(broken)} checks could not judge: {broken[0].id}: {broken[0].found}") if broken else ""
