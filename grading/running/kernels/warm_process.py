"""The owner's side of the warm process: start it, ask it for kernels, end it."""

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grading.running.environment import bare_environment
from grading.running.kernels.confinement import Box, ConfinementError
from grading.running.kernels.guard import Usage
from grading.running.kernels.zygote import LARGEST_REQUEST

START_TIMEOUT = 120  # seconds for the imports, on a busy machine
ANSWER_TIMEOUT = 30  # seconds for a fork
SUPPORTED = sys.platform == "linux" and hasattr(os, "pidfd_open")
# What libraries read when they are loaded, which here is before the fork.
LOADED_WITH = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # Arrow's allocator starts a thread otherwise
    "SQLITE_TMPDIR": ".",  # read once: another place would be closed to a confined kernel
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # what ipykernel sets before matplotlib is imported
}


class WarmthError(Exception):
    """The warm process could not be started or asked; an ordinary kernel does the same, later."""


@dataclass
class ForkedKernel:
    """A fork of the warm process, with its guard; it looks like the Popen that jupyter_client expects."""

    pid: int
    descriptor: int  # of the process: safe when its number is given to another
    guard: socket.socket
    confinement: str  # what confines it, in words; "none"
    usage: Usage | None = None  # once it has ended
    ended: bool = False
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """None until it and everything it started has ended; 0 then: how it ended is known to its parent only."""
        return 0 if self.ended or self._look(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raises subprocess.TimeoutExpired."""
        if not (self.ended or self._look(timeout)):
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it still is there."""
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it; its guard ends what it started."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> bool:
        if not select.select([self.guard], [], [], timeout)[0]:
            return False
        said = self.guard.recv(LARGEST_REQUEST)
        self.usage = Usage(**json.loads(said)) if said else None  # none: the guard was killed, and the kernel with it
        self.ended = True
        self.guard.close()
        os.close(self.descriptor)
        return True


class WarmProcess:
    """One warm process; it ends with its owner, and its kernels with it. Raises WarmthError when it cannot start."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="grading-warm-"))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket, self._lock = ours, threading.Lock()
        command = [sys.executable, "-m", "grading.running.kernels.zygote", str(theirs.fileno()), str(self.folder)]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], cwd=self.folder, start_new_session=True,
            env=bare_environment(self.folder) | LOADED_WITH,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("GRADING_DEBUG") else subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        try:
            said = self._receive(START_TIMEOUT)[0]
            if "ready" not in said:
                raise WarmthError(str(said.get("problem", "it did not say that it is ready")))
        except WarmthError:
            self.close()
            raise
        self.empty_store = Path(said["ready"])

    def fork(
        self, arguments: list[str], cwd: str, environment: Mapping[str, str], box: Box | None = None
    ) -> ForkedKernel:
        """A kernel with these arguments of `ipykernel_launcher`, confined to a box; raises WarmthError when it is gone.

        Raises ConfinementError when the kernel could not be confined.
        """
        kernel, channel = self._fork(arguments, cwd, environment, box)
        os.close(channel)
        return kernel

    def predictor(self, cwd: str, environment: Mapping[str, str], box: Box | None) -> tuple[ForkedKernel, Connection]:
        """A process that answers one request of `reproduction` over the connection; raises as `fork` does."""
        process, channel = self._fork(None, cwd, environment, box)
        return process, Connection(channel)

    def _fork(
        self, arguments: list[str] | None, cwd: str, environment: Mapping[str, str], box: Box | None
    ) -> tuple[ForkedKernel, int]:
        request = json.dumps(
            {"arguments": arguments, "cwd": cwd, "environment": dict(environment), "box": box and box.as_dict()}
        ).encode()
        if len(request) > LARGEST_REQUEST:
            raise WarmthError("the environment is too large")
        with self._lock:
            try:
                self._socket.send(request)
            except OSError as error:
                raise WarmthError(f"the warm process is gone: {error}") from None
            said, descriptors = self._receive(ANSWER_TIMEOUT)
        if "problem" in said:
            raise ConfinementError(said["problem"])
        process, guard, channel = descriptors
        return ForkedKernel(said["pid"], process, socket.socket(fileno=guard), said["confinement"]), channel

    def close(self) -> None:
        """End the process and its kernels; remove its folder."""
        self._socket.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def _receive(self, timeout: float) -> tuple[dict[str, Any], list[int]]:
        self._socket.settimeout(timeout)
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._socket, LARGEST_REQUEST, 3)
        except OSError as error:
            raise WarmthError(f"the warm process does not answer: {error}") from None
        if not packet:
            raise WarmthError("the warm process ended")
        said: dict[str, Any] = json.loads(packet)
        return said, descriptors


_shared: WarmProcess | None = None
_owner = 0
_starting = threading.Lock()


def shared() -> WarmProcess:
    """The warm process of this process, started at the first call and again when it died; raises WarmthError."""
    global _shared, _owner
    if not SUPPORTED:
        raise WarmthError("warm kernels need Linux")
    with _starting:
        if _shared is None or _owner != os.getpid() or not _shared.alive:
            if _shared is not None and _owner == os.getpid():
                _shared.close()
            _shared, _owner = WarmProcess(), os.getpid()
            atexit.register(_shared.close)
        return _shared


def close_shared() -> None:
    """End this process's warm process, if there is one."""
    if _shared is not None and _owner == os.getpid():
        _shared.close()
