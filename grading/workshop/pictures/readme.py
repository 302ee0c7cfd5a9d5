"""The README's pictures: a card, a scorecard, the class page and the MLflow UI, each in light and in dark."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from PIL import Image

from grading.cohort.results_folder import RESULTS
from grading.files import ROOT
from grading.workshop.pictures.browser import page_of
from grading.workshop.pictures.lab import run_all
from grading.workshop.pictures.lab_course import LESSON
from grading.workshop.pictures.made_up_class import SHOWN

COLOURS = 256

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

Scheme = Literal["light", "dark"]
FOLDER: Final = ROOT / "docs" / "pictures"
NAMES: Final = ("card", "scorecard", "class", "mlflow")
FILES: Final = tuple(f"{name}-{scheme}.png" for name in NAMES for scheme in get_args(Scheme))
WIDTH: Final = 1000  # of a page, in pixels of its own; a README is about as wide
EXPERIMENT: Final = "diabetes-progression-forecast"  # as the solution calls it
WAIT: Final = 120_000  # milliseconds for a page to come
SETTLED: Final = 4_000  # milliseconds for it to be still


def photograph_class(browser: "Browser", graded: Path, folder: Path) -> None:
    """The class page, and the scorecard of one student, from the folder of a class run."""
    pages = {("class", 1280): graded / "class.html", ("scorecard", 890): next((graded / RESULTS).glob(SHOWN))}
    for scheme in get_args(Scheme):
        for (name, height), file in pages.items():
            with page_of(browser, width=WIDTH, height=height, scheme=scheme) as (page, _):
                page.goto(file.as_uri())
                _take(page, folder / f"{name}-{scheme}.png")


def photograph_lab(browser: "Browser", url: str, folder: Path) -> None:
    """A card, and the MLflow UI in its tab, in the JupyterLab at this address, after its lesson was run there."""
    with page_of(browser, width=1100, height=1400) as (page, _):
        page.goto(f"{url}/lab/tree/notebooks/{LESSON.file_name}")
        run_all(page, seconds=600)
        card = page.locator(".jp-Notebook .jp-CodeCell", has=page.locator(".m9-card")).nth(1)
        for scheme in get_args(Scheme):
            _wear(page, scheme)
            card.scroll_into_view_if_needed()
            page.wait_for_timeout(SETTLED)  # cells above it are drawn as they come into view, and push it away
            _take(card, folder / f"card-{scheme}.png")
        page.set_viewport_size({"width": 1200, "height": 750})
        for scheme in get_args(Scheme):
            _wear(page, scheme)
            _open_charts(page)
            _take(page, folder / f"mlflow-{scheme}.png")


def _wear(page: "Page", scheme: Scheme) -> None:
    """The reader's system is light or dark, and JupyterLab follows; MLflow does when its page is loaded."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(scheme == 'light').lower()}'", timeout=WAIT)


def _open_charts(page: "Page") -> None:
    """The MLflow tab on the charts of an experiment; the file browser, which tells times, is closed."""
    page.evaluate("() => { window.jupyterapp.commands.execute('launcher:create') }")
    page.locator(".jp-LauncherCard:visible", has_text="MLflow").click()
    if page.locator("#jp-left-stack").is_visible():
        page.evaluate("() => { window.jupyterapp.commands.execute('application:toggle-left-area') }")
    tab = page.locator(".jp-ServerProxy:visible iframe")
    frame = tab.element_handle().content_frame()
    assert frame is not None
    link = frame.locator("a[href*='/experiments/']", has_text=EXPERIMENT).first
    address = str(link.get_attribute("href", timeout=WAIT)).partition("?")[0].rpartition("#")[2]
    experiment = "/".join(address.split("/")[:3])
    frame.evaluate(f"location.hash = '{experiment}/runs?workflowType=machine_learning&compareRunsMode=CHART'")
    frame.evaluate("location.reload()")
    frame.locator(".js-plotly-plot").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(SETTLED)


def _take(shown: "Page | Locator", file: Path) -> None:
    """One picture, of the window or of a part of it, with nothing that moves."""
    write_png(shown.screenshot(animations="disabled", caret="hide"), file)


def write_png(picture: bytes, file: Path) -> None:
    """Write a screenshot to `file`, a quarter of its size; the same pixels give the same bytes."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        file.parent.mkdir(parents=True, exist_ok=True)
        small.save(file, optimize=True)
