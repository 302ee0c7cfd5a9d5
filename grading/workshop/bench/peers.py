"""The other graders: each in an environment of its own, with the lessons' libraries in the versions of the lock."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grading import quiet
from grading.errors import GradingError
from grading.files import NOTEBOOKS, ROOT
from grading.marking.lesson import Lesson
from grading.workshop.bench.classroom import Submission

ENVIRONMENTS = ROOT / "build" / "peers"

# What their authors would plausibly write to test a task: one query of the store, in the student's kernel.
OWN = """import mlflow
own = [e.experiment_id for e in mlflow.search_experiments() if e.name not in ("Default", {worked!r})]
assert own, "set an experiment of your own"
"""
TESTS = {
    1: "",
    2: 'assert len(mlflow.search_runs(own)) > 0, "log a run"',
    3: 'assert mlflow.search_runs(own).filter(like="metrics.").notna().any().any(), "log a metric"',
    4: 'assert len(mlflow.search_runs(own)) > 1, "log several runs"',
}

Marks = Callable[[], dict[tuple[str, str], float]]  # shares of the points, by student and lesson


@dataclass(frozen=True)
class Prepared:
    """A class laid out as a grader wants it: run these commands, one after the other, and it is graded."""

    commands: Sequence[Sequence[str]]
    folder: Path  # of the commands
    environment: Path | None = None  # of the peer; None is ours
    marks: Marks = dict


class Grader(Protocol):
    """A grader of classes; its preparation is not timed."""

    name: str

    def prepare(self, folder: Path, handed_in: Sequence[Submission]) -> Prepared:
        """Lay out the class in an empty folder."""
        ...


def install(name: str, requirement: str) -> Path:
    """The environment with this peer, made at the first call; raises GradingError with what uv said."""
    environment = ENVIRONMENTS / name
    ready, wanted = environment / "ready", (ROOT / "requirements.txt").read_text("utf-8") + requirement
    if ready.exists() and ready.read_text("utf-8") == wanted:
        return environment
    print(f"Installing {requirement} into {environment.relative_to(ROOT)} (once)", file=sys.stderr)
    uv, python = str(Path(sys.executable).with_name("uv")), str(environment / "bin" / "python")
    lock = ["-c", "requirements.txt", "-e", "."]
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(environment)],
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *lock, requirement],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GradingError(f"{requirement} could not be installed beside the lock: {done.stderr.strip()[-800:]}")
    ready.write_text(wanted, "utf-8")
    return environment


def run(prepared: Prepared) -> None:
    """Run the commands; raises GradingError with what the first that failed said."""
    environment = os.environ | quiet.ENVIRONMENT
    if prepared.environment:
        environment["PATH"] = os.pathsep.join([str(prepared.environment / "bin"), os.environ["PATH"]])
        environment["VIRTUAL_ENV"] = str(prepared.environment)
        environment["PYTHONPATH"] = str(NOTEBOOKS)  # the lessons' tools, which ours lays beside each notebook
    for command in prepared.commands:
        done = subprocess.run(
            command, cwd=prepared.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise GradingError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[-1500:]}")


def test_of(lesson: Lesson, task: int) -> str:
    """The source of a peer's test of a task."""
    return (OWN.format(worked=lesson.worked_experiment) + TESTS[task]).rstrip()
