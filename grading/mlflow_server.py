"""The MLflow UI of one store, as one process at this machine only: `python -m grading.mlflow_server [FOLDER]`.

`mlflow server` imports MLflow in two processes, of which the first only waits for the second: this starts in half the
time and takes half the memory. MLflow's own guards stay on: it answers to localhost only.
"""

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Final

from grading import quiet
from grading.errors import InputError

PORT: Final = 5000  # where MLflow's documentation has its UI

# The UI opens an assistant on its own at localhost, which wants a network and has no switch on the server.
WITHOUT_ASSISTANT: Final = """<style>[data-assistant-ui] { display: none !important }</style><script>
localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true")</script>"""


def is_free(port: int) -> bool:
    """Whether nothing answers at this port of localhost.

    It asks, because on macOS the port of AirPlay can be bound a second time, and answers to half of the requests.
    """
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return False
    except OSError:
        return True


def command(folder: Path, *, port: int | str | None = None, unix_socket: str | None = None) -> list[str]:
    """What starts the server on the store in a folder, at a port of this machine or at a Unix socket."""
    where = ["--unix-socket", unix_socket] if unix_socket else ["--port", str(port or PORT)]
    return [sys.executable, "-m", "grading.mlflow_server", str(folder), *where]


def serve(folder: Path, *, port: int = PORT, unix_socket: str | None = None) -> None:
    """Serve the UI of `mlflow.db` in this folder until it is told to stop; an empty store is made if there is none.

    Raises InputError when the folder does not exist, or another program has the port.
    """
    if not folder.is_dir():
        raise InputError(f"expected a folder with a store in it; found no {folder}")
    if not unix_socket and not is_free(port):
        raise InputError(
            f"expected port {port} to be free; found another program there. `make lab` serves the UI there already;"
            " on macOS it may be AirPlay Receiver (System Settings, General, AirDrop & Handoff)"
        )
    folder = folder.resolve()
    store = f"sqlite:///{(folder / 'mlflow.db').as_posix()}"
    quiet.apply()
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # it is for language models, and takes 13 processes
    os.environ.update(_settings(store, (folder / "mlruns").as_uri()))

    import uvicorn
    from mlflow.server.fastapi_app import app
    from mlflow.server.handlers import initialize_backend_stores
    from starlette.routing import Route

    initialize_backend_stores(store, store, (folder / "mlruns").as_uri())
    app.router.routes.insert(0, Route("/", _front_page))
    uvicorn.run(app, host="127.0.0.1", port=port, uds=unix_socket, log_level="warning")


def _settings(store: str, artifacts: str) -> dict[str, str]:
    """What `mlflow server` tells the process that it starts; MLflow has no other way to tell it."""
    from mlflow.server import constants

    return {
        constants.BACKEND_STORE_URI_ENV_VAR: store,
        constants.REGISTRY_STORE_URI_ENV_VAR: store,
        constants.ARTIFACT_ROOT_ENV_VAR: artifacts,
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
    }


async def _front_page(_request: object) -> object:
    from mlflow.server import REL_STATIC_DIR, app
    from starlette.responses import HTMLResponse

    page = (Path(app.root_path) / REL_STATIC_DIR / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("<head>", "<head>" + WITHOUT_ASSISTANT, 1), headers={"Cache-Control": "no-cache"})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="The MLflow UI of the store in a folder.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("notebooks"))
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--unix-socket", help="serve at this socket, which only this user can open, and at no port")
    asked = parser.parse_args()
    try:
        serve(asked.folder, port=asked.port, unix_socket=asked.unix_socket)
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
