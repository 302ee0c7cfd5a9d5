"""The lesson in a real JupyterLab in a real browser: untouched and solved, by Run All, with screenshots to look at."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import SCREENSHOTS, needs_browser, serving

from grading.assessment import solution_sources
from grading.curriculum import NOTEBOOKS
from grading.data_files import DATA
from grading.lesson import Lesson
from grading.lessons import LESSONS
from grading.notebook import overlay
from grading.pictures.browser import page_of
from grading.pictures.lab import EXPOSED, run_all

pytestmark = needs_browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab server on a copy of the lessons and data, in a git repository as a student has it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(DATA, folder / "data")
    (folder / "notebooks").mkdir()
    (folder / ".gitignore").write_text("mlflow.db\nmlruns\n")
    for lesson in LESSONS:
        node = nbformat.read(NOTEBOOKS / lesson.file_name, as_version=4)
        nbformat.write(node, folder / "notebooks" / lesson.file_name)
        nbformat.write(overlay(node, solution_sources(lesson)), folder / "notebooks" / f"{lesson.id}_solved.ipynb")
    git = ["git", "-C", str(folder), "-c", "user.name=s", "-c", "user.email=s@localhost"]
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as received")):
        subprocess.run([*git, *arguments], check=True)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", EXPOSED]
    with serving(command, folder / "notebooks", "/api", seconds=60, stop=signal.SIGTERM) as url:
        yield url, folder / "notebooks"


@pytest.mark.xdist_group("lab")
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
@pytest.mark.parametrize("solved", [False, True], ids=["untouched", "solved"])
def test_a_lesson_runs_in_jupyterlab(lab: tuple[str, Path], browser: Any, lesson: Lesson, solved: bool) -> None:
    url, folder = lab
    name = f"{lesson.id}_solved.ipynb" if solved else lesson.file_name
    (folder / "mlflow.db").unlink(missing_ok=True)
    with page_of(browser) as (page, _):
        page.goto(f"{url}/doc/tree/{name}")
        try:
            run_all(page)
        finally:  # after a time-out too: the picture says why
            SCREENSHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{lesson.id}-{'solved' if solved else 'untouched'}-end.png")
        time.sleep(1)  # the last figure
        cards = page.locator(".m9-card")
        assert cards.count() >= 5
        last = cards.last.inner_text()
        assert ("100 of 100 points" if solved else "0 of 100 points") in last
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        _photograph(page, f"{lesson.id}-{'solved' if solved else 'untouched'}")


def _photograph(page: Any, name: str) -> None:
    """A picture of each screenful with a card or a figure in it, for a person to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for number, shown in enumerate(page.locator(".m9-card, .jp-OutputArea img").all()):
        shown.scroll_into_view_if_needed()
        page.screenshot(path=SCREENSHOTS / f"{name}-{number:02d}.png")
