"""The course in JupyterLab as `make lab` opens it, on a copy whose first lesson somebody has nearly solved."""

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from grading.files import ROOT
from grading.lessons import current_edition, find_lesson
from grading.workshop.pictures.handed_in import handed_in
from grading.workshop.pictures.lab import EXPOSED
from grading.workshop.pictures.serving import serving

LESSON = find_lesson("M9_01")
MISTAKES = ("today_curve_without_steps", "today_shares_of_other_limits")
FOLDERS = ("notebooks", "docs", "data")


@contextmanager
def lab_course(folder: Path) -> Iterator[str]:
    """The address of JupyterLab on a copy of the course in `folder`, a Git repository as a student has it."""
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("mlflow.db*", "mlruns", "*-repository", "pictures")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copyfile(ROOT / ".gitignore", folder / ".gitignore")
    nbformat.write(
        handed_in(LESSON, "Jonas Ekholm", MISTAKES, edition=current_edition(LESSON)),
        folder / "notebooks" / LESSON.file_name,
    )
    git = ["git", "-C", str(folder), "-c", "user.name=s", "-c", "user.email=s@localhost"]
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as received")):
        subprocess.run([*git, *arguments], check=True)
    command = [sys.executable, "-m", "jupyterlab", *lab_arguments(), "--no-browser", "--allow-root"]
    command += ["--IdentityProvider.token=", "--MLflowTab.port=0", EXPOSED]
    own = {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    with serving(command, folder, "/api", seconds=120, stop=signal.SIGTERM, **own) as url:
        yield url


def lab_arguments() -> list[str]:
    """What `make lab` says to JupyterLab."""
    said = subprocess.run(["make", "--dry-run", "lab"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return shlex.split(next(line for line in said.splitlines() if "jupyter lab" in line).partition("jupyter lab")[2])
