"""The warm process: imports once what lessons use, then forks a kernel for each request.

It runs as `python -m grading.running.kernels.zygote FD FOLDER`. FD is its end of a socket pair (SOCK_SEQPACKET: a
message is a packet), FOLDER its own for as long as it lives. It ends when the other end closes. Messages are JSON:

    → {"ready": PATH}      the path of an empty, migrated store          or {"problem": "..."} and the end
    ← {"arguments": [...], "cwd": "...", "environment": {...}, "box": {...} or null}
    → {"pid": N, "confinement": "..."}     with three descriptors beside it, see `guard.stand`; or {"problem": "..."}

Without arguments (null) the fork is no kernel: it answers one request of `reproduction` over its channel.
"""

import atexit
import contextlib
import gc
import hashlib
import importlib
import json
import logging
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
import warnings
from importlib.metadata import distributions
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from grading.errors import shorten
from grading.running.kernels.confinement import Box, strength
from grading.running.kernels.guard import stand
from grading.running.kernels.shell_lines import run_line
from grading.running.reproduction import PREDICTOR, answer_requests, answered

LARGEST_REQUEST = 200_000  # bytes; a packet must fit into the socket's buffer
MODULES, EMPTY_STORE = "modules.json", "empty.db"
TASKS = Path("/proc/self/task")  # one entry a thread, native ones too


def main() -> None:
    """Warm up and serve; a forked child comes out of `serve` and goes on as a kernel."""
    del sys.path[0]  # this folder; as ipykernel_launcher does
    owner = socket.socket(fileno=int(sys.argv[1]))
    folder = Path(sys.argv[2])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            empty_store = warm_up(folder)
        if threads := [(task / "comm").read_text().strip() for task in TASKS.iterdir()][1:]:
            raise RuntimeError(f"a thread is alive before the fork: {', '.join(threads)}")
    except Exception as error:
        owner.send(json.dumps({"problem": shorten(f"{type(error).__name__}: {error}")}).encode())
        return
    owner.send(json.dumps({"ready": str(empty_store)}).encode())
    served = serve(owner)
    if served is None:
        return
    request, channel = served
    if request["arguments"] is None:
        predict(request, channel)
    channel.close()
    become_kernel(request)


def warm_up(folder: Path) -> Path:
    """Import what lessons use, without leaving a trace in MLflow; the path of an empty, migrated store."""
    from grading.running.kernels import first_use

    for name in first_use.LESSONS_IMPORT:
        importlib.import_module(name)
    strength()  # finds the libraries that confine
    importlib.import_module("psutil")
    findings = _findings(folder)
    for name in json.loads((findings / MODULES).read_text()):
        with contextlib.suppress(Exception):  # names that are aliases of another module
            importlib.import_module(name)
    from sqlalchemy.orm import configure_mappers

    configure_mappers()  # else every kernel pays for MLflow's tables at its first call
    with contextlib.suppress(Exception):  # not MLflow's public interface: without it the first model takes longer
        importlib.import_module("mlflow.utils.requirements_utils")._init_modules_to_packages_map()
    for module in tuple(sys.modules.values()):
        with contextlib.suppress(Exception):
            vars(module).get("__warningregistry__", {}).clear()  # "once" starts anew in each kernel
    gc.collect()
    gc.freeze()  # else the first collection of each kernel copies every page
    return findings / EMPTY_STORE


def _findings(folder: Path) -> Path:
    """A folder with the list of modules and the empty store: kept in this environment for these versions, if it can be.

    A scout, forked, logs to a scratch store, says what that loaded, and is gone: so MLflow's state here is untouched.
    """
    from grading.running.kernels import first_use

    installed = sorted(f"{found.name}=={found.version}" for found in distributions())
    source = Path(first_use.__file__).read_text("utf-8")
    key = hashlib.sha256(json.dumps([sys.version, installed, source]).encode()).hexdigest()[:16]
    kept = Path(sys.prefix) / "var" / "grading" / f"first-use-{key}"
    if (kept / MODULES).exists() and (kept / EMPTY_STORE).exists():
        return kept
    found = folder / "found"
    found.mkdir()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            first_use.make_empty_store(found / EMPTY_STORE)
            first_use.use_everything(folder)
            (found / MODULES).write_text(json.dumps([name for name in sys.modules if not name.startswith("__")]))
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("MLflow could not be used once in a scratch store")
    with contextlib.suppress(OSError):  # an environment of somebody else's, or two at the same time
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_name(f"{kept.name}-{os.getpid()}")
        shutil.copytree(found, half)
        half.rename(kept)
        for old in kept.parent.glob("first-use-*"):
            if not old.name.startswith(kept.name):  # of versions that are no longer installed
                shutil.rmtree(old)
    return found


def serve(owner: socket.socket) -> tuple[dict[str, Any], socket.socket] | None:
    """Fork a guard with a child for each request: in the child, its request and its channel to the owner.

    In this process, None when the owner is gone; the guards end with it.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave no zombies
    while packet := owner.recv(LARGEST_REQUEST):
        if os.fork() == 0:
            request: dict[str, Any] = json.loads(packet)
            return request, stand(owner, Box.of(request["box"]) if request["box"] else None)
    return None


def _fork_predictor() -> int:
    """A descriptor on which a process beside the kernel, confined and warm as it is, answers what it asks of models."""
    asking, answering = socket.socketpair()
    if os.fork() == 0:
        asking.close()
        os.setsid()  # an interrupt is for the kernel
        try:
            answer_requests(Connection(answering.detach()))
        finally:
            os._exit(0)
    answering.close()
    return asking.detach()


def predict(request: dict[str, Any], channel: socket.socket) -> NoReturn:
    """Answer one request that comes over the channel, with a model in whose pickle anything may be."""
    _enter(request)
    connection = Connection(channel.detach())
    try:
        connection.send_bytes(answered(connection.recv_bytes()))
    finally:
        os._exit(0)


def _enter(request: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    tempfile.tempdir = None  # TMPDIR is another now
    random.seed()  # nothing that two kernels could share
    np.random.seed()


def become_kernel(request: dict[str, Any]) -> NoReturn:
    """Go on as the kernel that `python -m ipykernel_launcher` would be, until it ends."""
    import ipykernel_launcher
    from ipykernel import zmqshell
    from ipykernel.kernelapp import IPKernelApp

    _enter(request)
    zmqshell.system = run_line
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.environ[PREDICTOR] = f"{os.getpid()}:{_fork_predictor()}"
    sys.argv = [str(ipykernel_launcher.__file__), *request["arguments"]]
    before = sys.stderr
    app: Any = IPKernelApp.instance()
    app.initialize(request["arguments"])
    for name in ("", *logging.root.manager.loggerDict):  # what was bound to the warm process's stderr
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                handler.setStream(sys.stderr)
    app.start()
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, and
    atexit._run_exitfuncs()  # does what was left for the end, as an interpreter does before
    os._exit(0)  # it takes every object apart, whose pages would have to be copied first


if __name__ == "__main__":
    main()
