"""The MLflow UI of one store, as one process at this machine only: `python -m grading.jupyter.mlflow_server [FOLDER]`.

`mlflow server` imports MLflow in two processes, of which the first only waits for the second: this starts in half the
time and takes half the memory. MLflow's own guards stay on: it answers to localhost only.
"""

import argparse
import contextlib
import json
import os
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import Final

import psutil

from grading import quiet
from grading.errors import InputError

PORT: Final = 5000  # where MLflow's documentation has its UI

# What the page itself decides, where its reader has decided nothing: its server has no setting for it.
CHOICES: Final = {
    "mlflow.workflowType_v1": "machine_learning",  # not language models
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": True,  # it would open by itself, and wants a network
    "mlflow.settings.telemetry.enabled_v1": False,
    "mlflow.telemetry.info.alert.dismissed_v1": True,
}
START: Final = f"""<style>[data-assistant-ui] {{ display: none !important }}</style><script>
for (const [key, value] of Object.entries({json.dumps(CHOICES)}))
    localStorage.getItem(key) ?? localStorage.setItem(key, JSON.stringify(value))
</script>"""


def is_free(port: int) -> bool:
    """Whether nothing answers at this port of localhost.

    It asks, because on macOS the port of AirPlay can be bound a second time, and answers to half of the requests.
    """
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return False
    except OSError:
        return True


def command(folder: Path, *, port: int, unix_socket: str | None = None) -> list[str]:
    """What starts the server on the store in a folder; it ends with the process that started it."""
    where = ["--unix-socket", unix_socket] if unix_socket else ["--port", str(port)]
    return [
        sys.executable,
        "-m",
        "grading.jupyter.mlflow_server",
        str(folder),
        *where,
        "--with-parent",
        str(os.getpid()),
    ]


def serve(folder: Path, *, port: int = PORT, unix_socket: str | None = None) -> None:
    """Serve the UI of `mlflow.db` in this folder until it is told to stop; an empty store is made if there is none.

    Raises InputError when the folder does not exist, or another program has the port.
    """
    if not folder.is_dir():
        raise InputError(f"expected a folder with a store in it; found no {folder.absolute()}")
    if not unix_socket and not is_free(port):
        raise InputError(
            f"expected port {port} to be free; found another program there. `make lab` serves the UI there already;"
            " on macOS it may be AirPlay Receiver (System Settings, General, AirDrop & Handoff)"
        )
    folder = folder.resolve()
    store = f"sqlite:///{(folder / 'mlflow.db').as_posix()}"
    quiet.apply()
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # it is for language models, and takes 13 processes
    warnings.filterwarnings("ignore", message="starlette.middleware.wsgi is deprecated")  # MLflow's to mend
    os.environ.update(_settings(store, (folder / "mlruns").as_uri()))

    import uvicorn
    from mlflow.server.fastapi_app import app
    from mlflow.server.handlers import initialize_backend_stores
    from starlette.routing import Route

    initialize_backend_stores(store, store, (folder / "mlruns").as_uri())
    app.router.routes.insert(0, Route("/", _front_page))
    if not unix_socket:
        print(f"the MLflow UI of {folder / 'mlflow.db'}: http://localhost:{port}", flush=True)
    # MLflow's lifespan only tidies up after the assistant.
    uvicorn.run(
        app, host="127.0.0.1", port=port, uds=unix_socket, log_level="warning", lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip


def _settings(store: str, artifacts: str) -> dict[str, str]:
    """What `mlflow server` tells the process that it starts; MLflow has no other way to tell it."""
    from mlflow.server import constants

    return {
        constants.BACKEND_STORE_URI_ENV_VAR: store,
        constants.REGISTRY_STORE_URI_ENV_VAR: store,
        constants.ARTIFACT_ROOT_ENV_VAR: artifacts,
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
    }


def _end_with(parent: int) -> None:
    """End when the process that started this one has ended, in whatever way; Ctrl-C is that one's to answer."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()

    def wait() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(parent).wait()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


async def _front_page(_request: object) -> object:
    from mlflow.server import REL_STATIC_DIR, app
    from starlette.responses import HTMLResponse

    page = (Path(app.root_path) / REL_STATIC_DIR / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("<head>", "<head>" + START, 1), headers={"Cache-Control": "no-cache"})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="The MLflow UI of the store in a folder.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("notebooks"))
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--unix-socket", help="serve at this socket, which only this user can open, and at no port")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process ends")
    asked = parser.parse_args()
    if asked.with_parent:
        _end_with(asked.with_parent)
    try:
        serve(asked.folder, port=asked.port, unix_socket=asked.unix_socket)
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
