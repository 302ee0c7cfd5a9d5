"""The rooms of grading/: a room imports only from rooms below it, and grading/README.md shows those that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grading.files import PACKAGE, ROOT

README = (PACKAGE / "README.md").read_text("utf-8")
BESIDE = {"solutions", "tests"}  # no room imports them


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package in this folder, by the repository's contracts."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(folder), "COLUMNS": "300"},
                          capture_output=True, text=True, check=False)  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, to plant an import in."""
    shutil.copytree(PACKAGE, tmp_path / "grading", ignore=shutil.ignore_patterns("tests", "solutions", "__pycache__"))
    for name in BESIDE:
        (tmp_path / "grading" / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("module", "planted", "said"),
    [
        ("evidence/store.py", "from grading.reports import html", "move what both need to a room below"),
        (
            "lessons/m9_03/lineage.py",
            "from grading.lessons.m9_01 import folds",
            "A lesson imports from no other lesson",
        ),
        ("evidence/store.py", "from grading.evidence import evidence", "No circles within a room"),
    ],
)
def test_an_import_from_above_or_from_beside_or_in_a_circle_fails(
    copy: Path, module: str, planted: str, said: str
) -> None:
    file = copy / "grading" / module
    file.write_text(f"{file.read_text('utf-8')}\n{planted}\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout
    assert said in done.stdout


def test_the_page_shows_the_rooms_that_there_are() -> None:
    shown = set(re.findall(r"^\| `(\w+)/`", README, re.MULTILINE))
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert shown == rooms - BESIDE


def test_the_files_that_the_page_names_are_there() -> None:
    table = README.partition("## I want to …")[2].replace("m9_0N", "m9_01")
    named = re.findall(r"`([\w./]+(?:\.py|/))`", table)
    assert len(named) > 30
    assert [name for name in named if not (PACKAGE / name).exists()] == []
