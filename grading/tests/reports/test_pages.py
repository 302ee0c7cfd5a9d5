"""The pages in a real browser: read by everybody, sorted by keyboard, printed, silent, and inert."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw

from grading.class_reports import page as class_page
from grading.class_reports.roster import roster_of
from grading.cohort.look_alikes import LookAlike
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.marking.verdict import Verdict
from grading.reports import html
from grading.reports.exhibits import Exhibits, ShownRun
from grading.reports.failed_cells import FailedCell, Line
from grading.reports.thumbnails import thumbnails_of
from grading.running.execution_report import CellFailure, State
from grading.tests.classroom import HOSTILE, classroom, scorecard, submission
from grading.tests.conftest import SCREENSHOTS, needs_browser
from grading.workshop.pictures.browser import page_of

pytestmark = needs_browser
PAGES = ("scorecard", "hostile-scorecard", "index", "class", "hostile-class")
EVIL = "\"><script>window.ran = 1</script><img src=x onerror='window.ran = 1'><svg onload=window.ran=1>"
VERDICTS = (Verdict.PASSED, Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED, Verdict.NOT_ATTEMPTED)


def _exhibits(folder: Path, text: str) -> Exhibits:
    """A run with two figures, and a cell that failed."""
    for number in range(2):
        picture = Image.new("RGB", (640, 480), "white")
        ImageDraw.Draw(picture).line([(60, 400), (300, 200 + 90 * number), (600, 60)], "#14692c", 6)
        picture.save(folder / f"learning_curve_{number}.png")
    run = Run("1", text, "FINISHED", False, Experiment("1", text, {}), 0, 1, LocalArtifacts(folder, folder))
    shown = ShownRun(text, text, "finished", True, 12, ((text, "54.4"), ("test_r2", "0.486")), 5, 4, 1, 3)
    source = ["splits = KFold(5)", f"best = leaderbord.iloc[0]  # {text}", "print(best)"]
    lines = tuple(Line(number, line, number == 2) for number, line in enumerate(source, 1))
    failures = (
        FailedCell("task4-work", f"NameError: name 'leaderbord' is not defined {text}", lines, 3),
        FailedCell(text, f"KeyError: {text}"),
    )
    return Exhibits((shown,), 1, thumbnails_of([run])[0], 1, failures)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages: of a class as classes are, and of one whose every text is hostile."""
    made: Path = tmp_path_factory.mktemp("pages")
    about: dict[str, Any] = {"cpu_seconds": 5.1, "peak_memory": 146_000_000, "state": State.RAISED}
    for name, text in (("scorecard", "ridge-alpha1"), ("hostile-scorecard", EVIL)):
        failures = (CellFailure(cell="task4-work", error=text),)
        card = scorecard("M9_01", VERDICTS, text, failures=failures, **about)
        if text is EVIL:
            card = card.model_copy(update={"notebook": EVIL, "title": EVIL, "notes": (EVIL,)})
        (made / f"{name}.html").write_text(html.render(card, _exhibits(made, text)), "utf-8")
    cards = [scorecard(lesson, VERDICTS) for lesson in ("M9_01", "M9_02")]
    html.write([*cards, scorecard("M9_03", (Verdict.PASSED, Verdict.ERROR))], made / "index")
    (made / "index" / "index.html").rename(made / "index.html")
    for name, hostile in (("class", ()), ("hostile-class", (EVIL, *HOSTILE))):
        found, results = classroom(18 if hostile else 40, hostile=hostile)
        names = [each.student for each in found.submissions][:9:8]
        slugs = tuple(submission(each).slug for each in names)
        alike = [LookAlike("M9_01", tuple(names), slugs, "solved cells", 0.75, "task2-work")]
        text = class_page.render(roster_of(found, results), alike, ["gradebook.csv", "junit.xml"])
        (made / f"{name}.html").write_text(text, "utf-8")
    return made


@contextmanager
def _shown(browser: Any, file: Path, *, width: int = 1280) -> Iterator[tuple[Any, list[str]]]:
    """The page, and a list of all that it did beyond being shown: errors, dialogs, requests."""
    with page_of(browser, width=width) as (page, said):

        def dismiss(dialog: Any) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.on("request", lambda request: said.append(request.url))
        page.goto(file.as_uri())
        said[:] = [each for each in said if each != file.as_uri() and not each.startswith("data:")]
        yield page, said
        said[:] = [each for each in said if not each.startswith("data:")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_and_does_nothing_else(browser: Any, folder: Path, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    with _shown(browser, folder / f"{name}.html") as (page, said):
        page.screenshot(path=SCREENSHOTS / f"{name}-light.png", full_page=True)
        page.evaluate("document.querySelectorAll('details:not(#missed details)').forEach(each => each.open = true)")
        for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options={"resultTypes": ["violations"], **options})
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
        page.screenshot(path=SCREENSHOTS / f"{name}-dark.png", full_page=True)
        assert page.evaluate("window.ran") is None
        assert page.locator("script").count() == ("class" in name)
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_telephone(browser: Any, folder: Path, name: str) -> None:
    with _shown(browser, folder / f"{name}.html", width=390) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.screenshot(path=SCREENSHOTS / f"{name}-narrow.png", full_page=True)


@pytest.mark.parametrize("name", PAGES)
def test_headings_leave_out_no_level(browser: Any, folder: Path, name: str) -> None:
    with _shown(browser, folder / f"{name}.html") as (page, _):
        levels = [int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(e => e.tagName)")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_a_page_leads_somewhere(browser: Any, folder: Path, name: str) -> None:
    with _shown(browser, folder / f"{name}.html") as (page, _):
        missing = page.locator("a[href^='#']").evaluate_all(
            "all => all.map(a => a.hash.slice(1)).filter(id => !document.getElementById(decodeURIComponent(id)))"
        )
        assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_paper_shows_what_a_screen_folds(browser: Any, folder: Path, name: str) -> None:
    with _shown(browser, folder / f"{name}.html") as (page, _):
        folded = page.locator("details:not([open]) > :not(summary)").and_(page.locator(":not(#missed *)"))
        hidden = "all => all.filter(e => !e.checkVisibility({contentVisibilityAuto: true})).length"
        assert folded.evaluate_all(hidden) == folded.count()
        page.emulate_media(media="print", color_scheme="dark")
        # A busy browser lays the page out for paper a moment after it has said that the medium is changed.
        shown = "all => all.every(e => e.checkVisibility({contentVisibilityAuto: true}))"
        page.wait_for_function(shown, arg=folded.element_handles(), timeout=10_000)
        if name == "class":  # ten sheets of seldom missed checks stay on the screen, and the paper says so
            assert page.locator("#missed summary").is_visible()
            assert not page.locator("#missed details table").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        file = folder / f"{name}.pdf"
        page.pdf(path=file, format="A4")
        assert file.read_bytes().startswith(b"%PDF")


def test_a_hint_unfolds_by_keyboard(browser: Any, folder: Path) -> None:
    with _shown(browser, folder / "scorecard.html") as (page, _):
        first = page.locator("details.hint").first
        assert not first.locator("p").is_visible()
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.parentElement.matches('details.hint')"):
                break
        page.keyboard.press("Enter")
        assert first.locator("p").is_visible()


def test_the_figures_are_pictures_with_their_names(browser: Any, folder: Path) -> None:
    with _shown(browser, folder / "scorecard.html") as (page, _):
        assert page.locator("figure img").evaluate_all("all => all.map(e => e.naturalWidth)") == [480, 480]
        alternatives = page.locator("figure img").evaluate_all("all => all.map(e => e.alt)")
        assert alternatives[0] == "learning_curve_0.png, as logged by the run ridge-alpha1"


def test_the_line_that_failed_is_marked_and_its_error_explained(browser: Any, folder: Path) -> None:
    with _shown(browser, folder / "scorecard.html") as (page, _):
        assert page.locator("#failures mark").all_inner_texts() == ["→ 2best = leaderbord.iloc[0]  # ridge-alpha1"]
        assert "Nothing of that name exists yet" in page.locator("#failures").inner_text()


@pytest.mark.parametrize("way", ["click", "keyboard"])
def test_the_students_are_sorted_by_any_column(browser: Any, folder: Path, way: str) -> None:
    marks = "all => all.map(row => Number(row.cells[2].dataset.value))"
    with _shown(browser, folder / "class.html") as (page, _):
        header = page.locator(".sortable th").nth(2)
        for direction in ("descending", "ascending"):
            if way == "click":
                header.get_by_role("button").click()
            else:
                header.get_by_role("button").focus()
                page.keyboard.press("Enter")
            found = page.locator(".sortable tbody tr").evaluate_all(marks)
            assert found == sorted(found, reverse=direction == "descending")
            assert len(set(found)) > 10
            assert header.get_attribute("aria-sort") == direction
            assert page.locator("[aria-sort]").count() == 1


def test_the_plot_has_a_dot_a_submission(browser: Any, folder: Path) -> None:
    with _shown(browser, folder / "class.html") as (page, _):
        time = page.locator("svg.costs").first
        drawn = time.locator("path.dots").evaluate_all(
            "all => all.map(p => (p.getAttribute('d').match(/M/g) || []).length)"
        )
        _, results = classroom(hostile=())
        assert sum(drawn) == sum(each.scorecard is not None for each in results)
        assert "M9_01: median" in (time.get_attribute("aria-label") or "")


def test_a_page_full_of_figures_is_at_most_400_kb(folder: Path) -> None:
    """Twelve figures of 16 kB, and the longest texts there may be."""
    noise = Image.effect_noise((640, 480), 90).convert("RGB")
    many = folder / "many"
    many.mkdir()
    for number in range(12):
        noise.rotate(number).resize((240 + number, 180)).save(many / f"{number}.png")
    run = Run("1", "x", "FINISHED", False, Experiment("1", "x", {}), 0, 1, LocalArtifacts(many, many))
    figures, _ = thumbnails_of([run])
    line = Line(1, "&" * 160, True)
    failures = tuple(FailedCell("&" * 60, "&" * 300, (line,) * 12) for _ in range(8))
    card = scorecard("M9_01", (Verdict.FAILED,), "&" * 300)
    text = html.render(card, Exhibits(figures=figures, failures=failures))
    assert sum(len(figure.address) for figure in figures) > 100_000
    assert len(io.BytesIO(text.encode()).getvalue()) < 400_000
