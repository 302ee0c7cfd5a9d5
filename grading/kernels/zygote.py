"""The warm process: imports once what lessons use, then forks a kernel for each request.

It runs as `python -m grading.kernels.zygote FD FOLDER`: FD is its end of a socket pair (SOCK_SEQPACKET, so that a
message is a packet), FOLDER its own for as long as it lives. It ends when the other end closes. Messages are JSON:

    → {"ready": PATH}      the path of an empty, migrated store          or {"problem": "..."} and the end
    ← {"arguments": [...], "cwd": "...", "environment": {...}}
    → {"pid": N}           with a file descriptor of the process (pidfd) beside it
"""

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
import warnings
from collections.abc import Iterable
from importlib.metadata import distributions
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from grading.reproduction import PREDICTOR

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
        owner.send(json.dumps({"problem": f"{type(error).__name__}: {error}"[:300]}).encode())
        return
    owner.send(json.dumps({"ready": str(empty_store)}).encode())
    request = serve(owner)
    if request is not None:
        become_kernel(request)


def warm_up(folder: Path) -> Path:
    """Import what lessons use, without leaving a trace in MLflow; the path of an empty, migrated store."""
    from grading.kernels import first_use

    for name in first_use.LESSONS_IMPORT:
        importlib.import_module(name)
    findings = _findings(folder)
    for name in json.loads((findings / MODULES).read_text()):
        with contextlib.suppress(Exception):  # names that are aliases of another module
            importlib.import_module(name)
    from sqlalchemy.orm import configure_mappers

    configure_mappers()  # else every kernel pays for MLflow's tables at its first call
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
    from grading.kernels import first_use

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


def serve(owner: socket.socket) -> dict[str, Any] | None:
    """Fork a child for each request: in the child, its request; in this process, None when the owner is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave no zombies
    children: dict[int, int] = {}  # pidfd → pid
    while packet := owner.recv(LARGEST_REQUEST):
        children = {fd: pid for fd, pid in children.items() if not _gone(fd)}
        waiting, go = os.pipe()
        asking, answering = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            os.setsid()  # a process group of its own, to be interrupted and killed as a whole
            os.close(go)
            os.read(waiting, 1)  # until the parent holds a descriptor of this process
            os.close(waiting)
            owner.close()
            for fd in children:
                os.close(fd)
            answering.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            request: dict[str, Any] = json.loads(packet)
            return request | {"predictor": asking.detach()}
        if os.fork() == 0:
            _become_predictor(answering, (owner.fileno(), asking.fileno(), waiting, go, *children))
        asking.close()
        answering.close()
        os.close(waiting)
        fd = os.pidfd_open(pid)
        os.close(go)
        children[fd] = pid
        socket.send_fds(owner, [json.dumps({"pid": pid}).encode()], [fd])
    for fd, pid in children.items():
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what it left behind
    return None


def _become_predictor(answering: socket.socket, others: Iterable[int]) -> NoReturn:
    """Answer what one kernel asks of saved models, as warm as the kernel is, until the kernel is gone."""
    from grading.reproduction import answer_requests

    for fd in others:
        os.close(fd)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        answer_requests(Connection(answering.detach()))
    finally:
        os._exit(0)


def _gone(fd: int) -> bool:
    """Whether the process of this descriptor has ended; then the descriptor is closed, too."""
    try:
        signal.pidfd_send_signal(fd, 0)
    except ProcessLookupError:
        os.close(fd)
        return True
    return False


def become_kernel(request: dict[str, Any]) -> None:
    """Go on as the kernel that `python -m ipykernel_launcher` would be, until it ends."""
    import ipykernel_launcher
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(request["environment"], JPY_PARENT_PID=str(os.getppid()))
    os.environ[PREDICTOR] = f"{os.getpid()}:{request['predictor']}"
    os.chdir(request["cwd"])
    random.seed()  # nothing that two kernels could share
    np.random.seed()
    sys.argv = [str(ipykernel_launcher.__file__), *request["arguments"]]
    before = sys.stderr
    app: Any = IPKernelApp.instance()
    app.initialize(request["arguments"])
    for name in ("", *logging.root.manager.loggerDict):  # what was bound to the warm process's stderr
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                handler.setStream(sys.stderr)
    app.start()


if __name__ == "__main__":
    main()
