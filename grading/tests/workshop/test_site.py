"""The reader's site: built once, with one lesson executed, and read in a browser without a network."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Literal

import nbformat
import pytest

from grading.curriculum.proofs import lesson_notebooks
from grading.errors import GradingError
from grading.files import NOTEBOOKS, ROOT
from grading.lessons import LESSONS
from grading.tests.conftest import SCREENSHOTS, needs_browser
from grading.workshop.pictures.accessibility import complaints
from grading.workshop.pictures.browser import page_of
from grading.workshop.site.executed import as_read, executed
from grading.workshop.site.links import broken, read
from grading.workshop.site.sphinx import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("site")]

FIRST = NOTEBOOKS / LESSONS[0].file_name
LESSON = f"notebooks/{FIRST.stem}.html"
SHOWN = ("index.html", LESSON, "docs/security.html")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The site with the first lesson executed and the others as they are, and what is wrong with it."""
    folder = tmp_path_factory.mktemp("site")
    others = [path for path in lesson_notebooks() if path != FIRST]
    notebooks = [(FIRST, executed(FIRST, folder / "executed"))]
    notebooks += [(path, nbformat.read(path, as_version=4)) for path in others]
    return folder / "site", build(notebooks, folder / "site")


@pytest.fixture(scope="module")
def served(built: tuple[Path, list[str]]) -> Iterator[str]:
    """The address of the site on a server of this machine."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(built[0]))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_nothing_is_wrong_with_the_site(built: tuple[Path, list[str]]) -> None:
    """Sphinx has no warning, and each link inside the site leads to a file and a place that are there."""
    assert built[1] == []


def test_every_page_of_the_documentation_is_in_the_site(built: tuple[Path, list[str]]) -> None:
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/lessons/*.md"), *ROOT.glob("notebooks/*.md")]
    expected = {page.relative_to(ROOT).with_suffix(".html") for page in [*pages, *lesson_notebooks()]}
    assert expected <= {page.relative_to(built[0]) for page in built[0].rglob("*.html")}


def test_the_front_page_links_to_every_lesson(built: tuple[Path, list[str]]) -> None:
    lessons = {f"notebooks/{path.stem}.html" for path in lesson_notebooks() if path.parent == NOTEBOOKS}
    assert lessons <= read(built[0] / "index.html").links


def test_a_lesson_shows_its_figures_and_says_what_they_are(built: tuple[Path, list[str]]) -> None:
    page = (built[0] / LESSON).read_text("utf-8")
    assert 'alt="Figure: Learning curve"' in page
    assert page.count("<img alt=") == page.count("<img ")


def test_a_lesson_tells_no_solution_and_no_path_of_the_machine(built: tuple[Path, list[str]], tmp_path: Path) -> None:
    page = (built[0] / LESSON).read_text("utf-8")
    assert "0 of 100 points" in page
    assert "injected" not in page
    assert tmp_path.parts[1] + "/" not in page.replace("/tmp/ ", "")


def test_links_are_found_broken(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="a.html#there">1</a> <a href="a.html#gone">2</a> <img src="b.png">')
    (tmp_path / "a.html").write_text('<h1 id="there"><a href="../outside.html">3</a> <a href="https://x.org/">4</a>')
    assert list(broken(tmp_path)) == ["a.html: ../outside.html", "index.html: a.html#gone", "index.html: b.png"]


def test_a_lesson_that_fails_makes_no_page(make_notebook: object, tmp_path: Path) -> None:
    path = make_notebook("1 / 0")  # type: ignore[operator]
    with pytest.raises(GradingError, match="cell-0: ZeroDivisionError"):
        executed(path, tmp_path / "executed")


def test_a_lesson_is_not_run_again_when_nothing_changed(make_notebook: object, tmp_path: Path) -> None:
    path = make_notebook("import time; print(time.time_ns())")  # type: ignore[operator]
    once, again = (executed(path, tmp_path / "executed") for _ in range(2))
    assert once == again
    path.write_text(path.read_text().replace("time_ns()", "time()"))
    assert executed(path, tmp_path / "executed") != once


def test_an_exercise_shows_no_output() -> None:
    cell = nbformat.v4.new_code_cell("...", id="work", metadata={"tags": ["exercise"]})
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "Ellipsis"}, execution_count=1)]
    assert as_read(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs == []


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_a_page_needs_no_network_and_meets_the_rules_of_accessibility(
    served: str, browser: "Browser", name: str, scheme: Literal["light", "dark"]
) -> None:
    with page_of(browser, scheme=scheme) as (page, said):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{served}/{name}")
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"site-{Path(name).stem}-{scheme}.png")
        assert complaints(page) == []
    assert said == []
    assert [url for url in asked if not url.startswith((served, "data:"))] == []


@needs_browser
def test_a_search_finds_a_page_without_a_server(built: tuple[Path, list[str]], browser: "Browser") -> None:
    with page_of(browser) as (page, _):
        page.goto(f"file://{built[0]}/search.html?q=seccomp")
        page.wait_for_selector("#search-results li a[href*='docs/security.html']")
