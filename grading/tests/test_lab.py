"""`make lab` in a browser: the module page, its links, the MLflow UI as a tab; and all of it under JupyterHub's prefix."""

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import SCREENSHOTS, needs_browser, serving

from grading.data_files import ROOT
from grading.pictures.browser import page_of
from grading.pictures.lab import EXPOSED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = [needs_browser, pytest.mark.xdist_group("lab")]

# What others say of themselves in the console, and is no mistake here.
KNOWN = (
    "/mlflow/users/current",  # MLflow's page asks who is logged in: its own login, which is off
    "recents",  # JupyterLab looks whether the files of last time are still there
)


def made_by_make() -> list[str]:
    """The arguments that `make lab` starts JupyterLab with."""
    said = subprocess.run(["make", "--dry-run", "lab"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return shlex.split(next(line for line in said.splitlines() if "jupyter lab" in line))[2:]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, its folder, and what its store holds."""

    url: str  # ends with the prefix
    folder: Path
    experiment: str
    run: str


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
    command = [sys.executable, "-m", "jupyterlab", *made_by_make(), "--no-browser", "--allow-root"]
    command += ["--IdentityProvider.token=", "--MLflowTab.port=0", EXPOSED]
    if request.param != "/":
        command += [f"--ServerApp.base_url={request.param}"]
        more["JUPYTERHUB_SERVICE_PREFIX"] = request.param
    with serving(command, folder, f"{request.param}api", seconds=60, stop=signal.SIGTERM, **more) as url:
        yield Lab(url + request.param, folder, experiment, run)


def _photograph(page: "Page", lab: Lab, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"lab-{'hub' if '/user/' in lab.url else 'home'}-{name}.png")


def _mlflow_tab(page: "Page") -> "FrameLocator":
    """The MLflow tab, opened by its tile."""
    page.locator(".jp-MarkdownViewer h1").wait_for()
    page.click(".lm-TabBar-addButton:visible")
    page.locator(".jp-LauncherCard", has_text="MLflow").click()
    return page.frame_locator(".jp-ServerProxy iframe")


def test_it_opens_on_the_module_page_whose_links_lead_to_lessons_and_pages(running: Lab, browser: "Browser") -> None:
    with page_of(browser) as (page, said):
        page.goto(running.url)
        page.locator(".jp-MarkdownViewer h1", has_text="Module 09").wait_for(timeout=60_000)
        _photograph(page, running, "module-page")
        page.locator(".jp-MarkdownViewer a", has_text="Set up MLflow").click()
        page.locator(".jp-NotebookPanel h1", has_text="Set up MLflow").wait_for()
        page.locator(".lm-TabBar-tab", has_text="README.md").click()
        page.locator(".jp-MarkdownViewer a", has_text="Code snippets").click()
        page.locator(".jp-MarkdownViewer h1", has_text="Code snippets").wait_for()
        assert said == []


def test_the_tile_opens_a_tab_with_the_runs_of_the_notebooks(running: Lab, browser: "Browser") -> None:
    with page_of(browser) as (page, said):
        page.goto(f"{running.url}lab/tree/notebooks/README.md?reset")
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
        assert [text for text in said if not any(known in text for known in KNOWN)] == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_mlflow_ends_with_what_started_it(tmp_path: Path, end: signal.Signals) -> None:
    pass
