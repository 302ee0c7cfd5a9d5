"""The MLflow UI as a tab of JupyterLab: behind its login and its prefix, on the store that the notebooks use.

A server extension, which `extension.json` enables; jupyter-server-proxy starts the server and passes requests on.
"""

import asyncio
import os
from pathlib import Path
from typing import Any, Final

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server_proxy.config import ServerProcess
from simpervisor import atexitasync
from tornado.httpclient import AsyncHTTPClient
from tornado.web import HTTPError
from traitlets import Bool, Int
from traitlets.config import Configurable

from grading.jupyter.mlflow_server import PORT, command, is_free
from grading.jupyter.mlflow_ui import ADDRESS

NAME: Final = "mlflow"  # the last part of its address
ICON: Final = Path(__file__).with_name("mlflow.svg")
SLOWEST_START: Final = 120.0  # seconds, before the tab says that it could not be started


class MLflowTab(Configurable):
    """What can be set, such as `jupyter lab --MLflowTab.port=5001`."""

    port = Int(PORT, help="Where the UI is without JupyterLab as well; 0: the system chooses").tag(config=True)
    early = Bool(False, help="Start MLflow with JupyterLab, not when its tab is first opened").tag(config=True)


class MLflowServer(ServerProcess):  # type: ignore[misc]
    """MLflow answers to localhost only: what JupyterLab lets through is passed on as a request of localhost's own."""

    def make_proxy_handler(self) -> tuple[type, dict[str, Any]]:
        """The handler, which looks at each request, as the option for headers cannot."""
        proxy, settings = super().make_proxy_handler()

        class OwnPagesOnly(proxy):  # type: ignore[misc,valid-type]
            async def proxy(self, *place: Any, **settings: Any) -> Any:
                """A foreign page is refused here: MLflow would close the connection before it has read the request."""
                if "Origin" in self.request.headers and not JupyterHandler.check_origin(self):
                    raise HTTPError(403, "a page of another site may not ask MLflow")
                return await super().proxy(*place, **settings)

            def get_request_headers_override(self) -> dict[str, str]:
                """Our own page asks as a page of localhost's; a foreign one keeps its Origin, which MLflow refuses."""
                headers = {"Host": "localhost"}
                if "Origin" in self.request.headers and JupyterHandler.check_origin(self):
                    headers["Origin"] = "http://localhost"
                return headers

        return OwnPagesOnly, settings


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "grading.jupyter.mlflow_tab"}]


def _link_jupyter_server_extension(app: ServerApp) -> None:
    """Announce the tab to jupyter-server-proxy, which is loaded later, and its address to the kernels."""
    settings, root = MLflowTab(parent=app), Path(app.root_dir)
    folder = root / "notebooks" if (root / "notebooks").is_dir() else root
    # Others may be on a hub's machine: a socket that only this user can open, and no port.
    shared = bool(os.environ.get("JUPYTERHUB_SERVICE_PREFIX"))
    port = settings.port
    if port and not shared and not is_free(port):
        app.log.warning(f"port {port} is taken (on macOS perhaps by AirPlay): the MLflow UI is in JupyterLab only")
        port = 0
    server = MLflowServer(
        name=NAME,
        command=lambda port, unix_socket: command(folder, port=port, unix_socket=unix_socket),
        timeout=SLOWEST_START,
        port=port,
        unix_socket=shared,
        new_browser_tab=False,
        launcher_entry={"title": "MLflow", "icon_path": str(ICON), "path_info": f"{NAME}/#/experiments"},
    )
    # The supervisor would end JupyterLab at the first Ctrl-C, over its question and with the kernels still there.
    atexitasync.signal_handler_set = True  # the server ends with its parent in any case
    app.config.ServerProxy.servers.update({NAME: server})
    os.environ[ADDRESS] = f"{app.base_url}{NAME}/"


def _load_jupyter_server_extension(_app: ServerApp) -> None:
    """All is done by then; Jupyter wants the function."""


async def _start_jupyter_server_extension(app: ServerApp) -> None:
    """Open the tab's page once, so that MLflow starts: a student needs it a minute later, and it takes ten seconds."""
    if MLflowTab(parent=app).early:
        asyncio.ensure_future(_open(app))  # noqa: RUF006 - the loop ends with the server


async def _open(app: ServerApp) -> None:
    await AsyncHTTPClient().fetch(
        f"{app.connection_url}{NAME}/",
        headers={"Authorization": f"token {app.identity_provider.token}"},
        request_timeout=SLOWEST_START,
        validate_cert=False,
        raise_error=False,
    )
