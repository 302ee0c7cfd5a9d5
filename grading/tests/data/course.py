"""A clone of the course in which the pipeline runs, and one stage of it by itself."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from grading import quiet
from grading.evidence.open_store import open_store
from grading.evidence.store import Run, Store
from grading.files import ROOT

GIT = {f"GIT_{who}_{what}": "a@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@dataclass(frozen=True)
class Course:
    """A clone of what the pipeline needs, with a commit of its own."""

    folder: Path
    first_metrics: dict[str, float] = field(default_factory=dict)  # metrics.json after the first run

    @property
    def pipeline(self) -> Path:
        return self.folder / "data" / "pipeline"

    @property
    def store(self) -> Store:
        return open_store(f"sqlite:///{self.pipeline / 'mlflow.db'}")

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`make pipeline`, without make."""
        return self.call(sys.executable, str(self.pipeline / "run.py"), *arguments, folder=None, **more)

    def call(self, *command: str, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MLFLOW_", "DVC_"))}
        around = clean | quiet.ENVIRONMENT | GIT | {"DVC_NO_ANALYTICS": "1"} | more
        return subprocess.run(
            command, cwd=folder or self.folder, env=around, capture_output=True, text=True, check=False, timeout=300
        )

    def change(self, old: str, new: str) -> None:
        """Change a value in params.yaml."""
        file = self.pipeline / "params.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def main_runs(self) -> list[Run]:
        return [run for run in self.store.runs if run.parent_id is None]


def make_course(folder: Path, *, git: bool = True) -> Course:
    course = Course(folder)
    shutil.copytree(ROOT / ".dvc", folder / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache", "config.local"))
    shutil.copytree(
        ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("build", "mlruns", "mlflow.db*", "__pycache__")
    )
    contracts = Path("grading", "evidence", "contracts")
    shutil.copytree(ROOT / contracts, folder / contracts)
    for name in (".gitignore", ".dvcignore"):
        shutil.copyfile(ROOT / name, folder / name)
    if git:
        for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "the course")):
            assert course.call("git", *arguments).returncode == 0
    return course


def run_stage(script: str, folder: Path, *arguments: str, **around: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "data" / "pipeline" / script), *arguments],
        cwd=folder, env={**os.environ, **around}, capture_output=True, text=True, check=False,
    )  # fmt: skip
