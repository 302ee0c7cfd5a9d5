"""A bundle as it lies with a student: unpacked, with a `.venv` whose `grading` is the bundle's own."""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grading.handout.bundle import FOLDER, Bundle
from grading.lessons import solution_sources
from grading.marking.lesson import Lesson
from grading.running.notebook import overlay, read_notebook
from grading.running.scratch import scratch_folder


@dataclass(frozen=True)
class Unpacked:
    """The folder that a student sees."""

    folder: Path

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Call a program in the folder, as from a new terminal."""
        mine = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "MAKE", "MFLAGS", "MLFLOW_", "PYTHON"))
        }
        nobody = {"HOME": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1", "COLUMNS": "200"}
        return subprocess.run(
            command, cwd=self.folder, env=mine | nobody | more, capture_output=True, text=True, check=False, timeout=300
        )

    def notebook(self, lesson: Lesson, *, solved: bool) -> Path:
        """The lesson's notebook, alone in its folder: as it was received, or with the solutions of this checkout."""
        received = self.folder.parent / "received"
        if not received.exists():
            shutil.copytree(self.folder / "notebooks", received)
        shutil.rmtree(self.folder / "notebooks")
        path = self.folder / "notebooks" / lesson.file_name
        path.parent.mkdir()
        for tool in received.glob("*.py"):
            shutil.copy(tool, path.parent)
        node = read_notebook(received / lesson.file_name).node
        nbformat.write(overlay(node, solution_sources(lesson) if solved else {}), path)
        return path


@contextmanager
def unpacked(bundle: Bundle) -> Iterator[Unpacked]:
    """The bundle in a folder that other users may read, as notebooks under grading have one of their own."""
    with scratch_folder("module-09-") as place:
        place.chmod(0o755)
        unpack(bundle, place)
        yield Unpacked(place / FOLDER)


def unpack(bundle: Bundle, place: Path) -> None:
    """Unpack the archive, and make `.venv` without installing anything: the packages are this environment's."""
    with zipfile.ZipFile(io.BytesIO(bundle.archive())) as archive:
        archive.extractall(place)
    folder = place / FOLDER
    venv.create(folder / ".venv", symlinks=True)
    site, ours = (Path(sysconfig.get_path("purelib", vars={"base": str(at)})) for at in (folder / ".venv", sys.prefix))
    # First the bundle, then our packages without our own `grading`, which a .pth of theirs would add. A notebook that
    # is confined may read what lies in sys.exec_prefix.
    site.joinpath("bundle.pth").write_text(f"{folder}\n{ours}\nimport sys; sys.exec_prefix = {sys.prefix!r}\n")
    for shared in ("etc", "share", "var"):
        (folder / ".venv" / shared).symlink_to(Path(sys.prefix) / shared)
    grading = folder / ".venv" / "bin" / "grading"
    grading.write_text(f"#!{folder}/.venv/bin/python\nfrom grading.commands.cli import main\n\nmain()\n")
    grading.chmod(0o755)
    (folder / ".venv" / "ready").touch()
