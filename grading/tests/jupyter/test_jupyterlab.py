"""The lesson in a real JupyterLab in a real browser: untouched and solved, by Run All, with screenshots to look at."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest

from grading.assessment.assessment import assess
from grading.evidence.data_files import DATA
from grading.files import NOTEBOOKS, ROOT, TOOLS
from grading.lessons import LESSONS, solution_sources
from grading.marking.lesson import Lesson
from grading.marking.verdict import Scorecard
from grading.reports.words import WORDS, points
from grading.running.notebook import overlay
from grading.tests.conftest import SCREENSHOTS, needs_browser
from grading.workshop.pictures.accessibility import complaints
from grading.workshop.pictures.browser import page_of
from grading.workshop.pictures.lab import EXPOSED, run_all
from grading.workshop.pictures.serving import serving

pytestmark = needs_browser

ROWS: Final = """card => [...card.querySelectorAll('tbody tr')].map(row => [
    row.cells[0].innerText.trim(), row.querySelector('.m9-asked').innerText, row.cells[2].innerText])"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab server on a copy of the lessons and data, in a git repository as a student has it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / "notebooks").mkdir()
    for tool in TOOLS.values():
        shutil.copy(tool, folder / "notebooks")
    (folder / ".gitignore").write_text("mlflow.db\nmlruns\n")
    for lesson in LESSONS:
        node = nbformat.read(NOTEBOOKS / lesson.file_name, as_version=4)
        nbformat.write(node, folder / "notebooks" / lesson.file_name)
        nbformat.write(overlay(node, solution_sources(lesson)), folder / "notebooks" / f"{lesson.id}_solved.ipynb")
    git = ["git", "-C", str(folder), "-c", "user.name=s", "-c", "user.email=s@localhost"]
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as received")):
        subprocess.run([*git, *arguments], check=True)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", "--MLflowTab.port=0", EXPOSED]
    own = tmp_path_factory.mktemp("settings")  # what an earlier run, or whoever works here, chose is not in it
    more = {"JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces")}
    with serving(command, folder, "/api", seconds=60, stop=signal.SIGTERM, **more) as url:
        yield url, folder / "notebooks"


@pytest.fixture(scope="module")
def scorecards() -> dict[bool, Scorecard]:
    """What the grader gives the first lesson, solved or not; asked before Playwright runs its event loop here."""
    path = NOTEBOOKS / LESSONS[0].file_name
    return {solved: assess(path, solution=solved).scorecard for solved in (False, True)}


@pytest.mark.xdist_group("lab")
@pytest.mark.parametrize(
    "lesson",
    [LESSONS[0], *(pytest.param(other, marks=pytest.mark.exhaustive) for other in LESSONS[1:])],
    ids=lambda lesson: lesson.id,
)
@pytest.mark.parametrize("solved", [False, True], ids=["untouched", "solved"])
def test_a_lesson_runs_in_jupyterlab(
    scorecards: dict[bool, Scorecard], lab: tuple[str, Path], browser: Any, lesson: Lesson, solved: bool
) -> None:
    url, folder = lab
    name = f"{lesson.id}_solved.ipynb" if solved else lesson.file_name
    (folder / "mlflow.db").unlink(missing_ok=True)
    with page_of(browser) as (page, _):
        page.goto(f"{url}/doc/tree/notebooks/{name}")
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
        if lesson is LESSONS[0]:
            _is_the_scorecard(page, lesson, scorecards[solved])
            _can_be_read(page, f"{lesson.id}-{'solved' if solved else 'untouched'}")
        if lesson is LESSONS[0] and solved:
            run = page.locator(".m9-card a[target=_blank]").last.get_attribute("href")
            assert str(run).startswith("/mlflow/#/experiments/")
        if lesson is LESSONS[0] and not solved:
            _opens_the_page_to_read(page)


def _photograph(page: Any, name: str) -> None:
    """A picture of each screenful with a card or a figure in it, for a person to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for number, shown in enumerate(page.locator(".m9-card, .jp-RenderedImage img").all()):
        shown.scroll_into_view_if_needed()
        page.screenshot(path=SCREENSHOTS / f"{name}-{number:02d}.png")


def _is_the_scorecard(page: Any, lesson: Lesson, graded: Scorecard) -> None:
    """The last card's rows are those of the scorecard that the grader gives the same notebook."""
    by_group = sorted(graded.results, key=lambda result: lesson.groups.index(result.group))
    page.locator(".m9-card").last.evaluate("card => card.querySelectorAll('.m9-group').forEach(one => one.open = true)")
    shown = [
        (state.split(" ", 1)[1], asked, share) for state, asked, share in page.locator(".m9-card").last.evaluate(ROWS)
    ]
    assert shown == [
        (WORDS[row.verdict], row.sentence.replace("`", ""), f"{points(row.points)}/{points(row.max_points)}")
        for row in by_group
    ]


def _can_be_read(page: Any, name: str) -> None:
    """Axe finds nothing against the cards in either of JupyterLab's themes."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # the reader's system changes, and JupyterLab follows
        page.wait_for_selector(f"body[data-jp-theme-light='{str(scheme == 'light').lower()}']", state="attached")
        page.locator(".m9-card").last.scroll_into_view_if_needed()
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png")
        assert complaints(page, ".m9-card") == []


def _opens_the_page_to_read(page: Any) -> None:
    """A row's link opens the page of docs/ that explains it, at its heading."""
    page.locator(".m9-card a:text-is('11. Record which code, and where it ran')").last.click()
    heading = page.locator(".jp-MarkdownViewer h3:has-text('11. Record which code')")
    heading.wait_for()
    assert page.evaluate("window.jupyterapp.shell.currentWidget.context.path").endswith("experiment_best_practices.md")
    page.wait_for_function("top => top.getBoundingClientRect().top < 400", arg=heading.element_handle())
