"""`make lab` in a browser: the module page, its links, the MLflow UI as a tab; all of it under a hub's prefix, too."""

import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grading.files import ROOT
from grading.tests.conftest import SCREENSHOTS, needs_browser
from grading.workshop.pictures.browser import page_of
from grading.workshop.pictures.lab import EXPOSED
from grading.workshop.pictures.lab_course import lab_arguments
from grading.workshop.pictures.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page, Response

pytestmark = [pytest.mark.exhaustive, needs_browser, pytest.mark.xdist_group("lab")]

TOKEN = "a-login"
OTHER = "http://hub.example"  # the address that a hub's proxy has for students

# MLflow's page asks who is logged in to MLflow, where nobody needs to be.
KNOWN = {"ajax-api/2.0/mlflow/users/current"}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, its folder, and what its store holds."""

    url: str  # ends with the prefix
    folder: Path
    experiment: str
    run: str
    hub: bool


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> tuple[Path, str, str]:
    """A copy of what students have, with one run and a figure of it in the store."""
    import mlflow
    from matplotlib.figure import Figure

    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "docs", "data"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("mlflow.db", "mlruns", ".dvc", "pipeline")
        )
    shutil.copyfile(empty_store, folder / "notebooks/mlflow.db")
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'notebooks/mlflow.db'}")
    experiment = mlflow.create_experiment("forecast", artifact_location=(folder / "notebooks/mlruns").as_uri())
    figure = Figure(figsize=(4, 3))
    figure.subplots().plot([3, 1, 2])
    with mlflow.start_run(experiment_id=experiment, run_name="ridge-alpha1") as run:
        mlflow.log_metric("test_rmse", 54.42)
        mlflow.log_figure(figure, "residuals.png")
    mlflow.set_tracking_uri("")
    return folder, experiment, run.info.run_id


@pytest.fixture(scope="module", params=["/", "/user/ada/"], ids=["at-home", "under-a-hub"])
def running(request: pytest.FixtureRequest, course: tuple[Path, str, str], tmp_path_factory: Any) -> Iterator[Lab]:
    """The JupyterLab of `make lab`; and one with the prefix and the environment that JupyterHub gives."""
    folder, experiment, run = course
    own = tmp_path_factory.mktemp("settings")
    more = {"JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces")}
    command = [sys.executable, "-m", "jupyterlab", *lab_arguments(), "--no-browser", "--allow-root"]
    command += [f"--IdentityProvider.token={TOKEN}", "--MLflowTab.port=0", EXPOSED]
    if request.param != "/":
        command += [f"--ServerApp.base_url={request.param}", "--ServerApp.allow_remote_access=True"]
        more["JUPYTERHUB_SERVICE_PREFIX"] = request.param
    with serving(command, folder, f"{request.param}api", seconds=60, stop=signal.SIGTERM, **more) as url:
        yield Lab(url + request.param, folder, experiment, run, hub=request.param != "/")


def _photograph(page: "Page", lab: Lab, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"lab-{'hub' if lab.hub else 'home'}-{name}.png")


def _failed(response: "Response") -> list[str]:
    """The path of a request that was not answered, without what is before MLflow's own part."""
    return [response.url.split("/mlflow/", 1)[-1]] if response.status >= 400 else []


def _mlflow_tab(page: "Page") -> "FrameLocator":
    """The MLflow tab, opened by its tile."""
    page.locator(".jp-MarkdownViewer h1").wait_for()
    page.click(".lm-TabBar-addButton:visible")
    page.locator(".jp-LauncherCard", has_text="MLflow").click()
    return page.frame_locator(".jp-ServerProxy iframe")


def test_it_opens_on_the_module_page_whose_links_lead_to_lessons_and_pages(running: Lab, browser: "Browser") -> None:
    with page_of(browser) as (page, said):
        page.goto(f"{running.url}?token={TOKEN}")
        page.locator(".jp-MarkdownViewer h1", has_text="Module 09").wait_for(timeout=60_000)
        _photograph(page, running, "module-page")
        page.locator(".jp-MarkdownViewer a", has_text="Set up MLflow").click()
        page.locator(".jp-NotebookPanel h1", has_text="Set up MLflow").wait_for()
        page.locator(".lm-TabBar-tab", has_text="README.md").click()
        page.locator(".jp-MarkdownViewer a", has_text="Code snippets").click()
        page.locator(".jp-MarkdownViewer h1", has_text="Code snippets").wait_for()
        assert said == []


def test_the_tile_opens_a_tab_with_the_runs_of_the_notebooks(running: Lab, browser: "Browser") -> None:
    failed: list[str] = []
    with page_of(browser) as (page, said):
        page.on("response", lambda response: failed.extend(_failed(response)))
        page.goto(f"{running.url}lab/tree/notebooks/README.md?reset&token={TOKEN}")
        tab = _mlflow_tab(page)
        tab.locator("a", has_text="forecast").first.click(timeout=90_000)
        tab.locator("a", has_text="ridge-alpha1").first.click(timeout=30_000)
        tab.locator("text=54.42").first.wait_for(timeout=30_000)
        _photograph(page, running, "run")
        tab.get_by_role("tab", name="Artifacts").click()
        tab.get_by_text("residuals.png").first.click()
        figure = tab.locator("img[src^='blob:']").first
        figure.wait_for()
        assert figure.evaluate("image => image.naturalWidth") == 400
        _photograph(page, running, "figure")
        assert [text for text in said if not text.startswith("Failed to load resource")] == []
        assert {path for path in failed if path not in KNOWN} == set()


def test_mlflow_is_reached_only_by_who_is_logged_in_and_only_from_this_page(running: Lab, browser: "Browser") -> None:
    search = f"{running.url}mlflow/ajax-api/2.0/mlflow/runs/search"
    own = OTHER if running.hub else f"http://{running.url.split('/')[2]}"
    seen = {"Host": own.removeprefix("http://")}  # as the browser, or the hub's proxy, says it

    with page_of(browser) as (page, _):

        def status(origin: str) -> int:
            asked = {"experiment_ids": [running.experiment]}
            return page.request.post(search, data=asked, headers=seen | {"Origin": origin}, max_redirects=0).status

        assert status(own) == 403
        page.request.get(f"{running.url}lab?token={TOKEN}", headers=seen, max_redirects=0)
        assert status(own) == 200
        assert status("http://evil.example") == 403
