"""A process that grades submissions one after another, with a warm process of its own: both its sides.

It runs as `python -m grading.cohort.worker FD`: FD is its end of a socket pair. Messages are JSON: first {} when it is
ready, then a Product for each Job. Nothing is unpickled on either side. It ends, with all that it started, when the
other end closes: a class run that is killed leaves no process and no folder behind.
"""

import contextlib
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from grading.cohort.job import Job, Product, grade_one
from grading.errors import shorten
from grading.running.environment import bare_environment
from grading.running.kernels import warm_process
from grading.running.kernels.privileges import can_change_user
from grading.running.kernels.warm_process import WarmthError

if sys.platform != "win32":  # where a class run is refused
    import fcntl

COMMAND = (sys.executable, "-m", "grading.cohort.worker")
BRAND_NEW = 60  # seconds in which a folder may not be locked yet
GRACE = 10  # seconds to end by itself
STILL_BUSY = 1800  # seconds, after a notebook's time limit, in which its checks should be done


class Worker:
    """The owner's side of one worker process."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="grading-worker-"))
        if can_change_user():
            self.folder.chmod(0o711)  # a kernel with a user of its own must get to its folder in here
        self.job: Job | None = None
        self.since = time.monotonic()
        self.ready = False
        self._errors = self.folder / "errors.txt"
        ours, theirs = socket.socketpair()
        with theirs, self._errors.open("wb") as errors:
            fcntl.flock(errors, fcntl.LOCK_EX)  # held by the worker, too: see remove_abandoned
            # A session of its own: Ctrl-C reaches the class run alone, and all that it leaves can be ended as a group.
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd=self.folder, start_new_session=True,
                env=bare_environment(self.folder), stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            )  # fmt: skip
        self._socket = ours
        self.connection = Connection(os.dup(ours.fileno()))

    @property
    def name(self) -> str:
        """How results name it."""
        return f"{socket.gethostname()}:{self.process.pid}"

    def send(self, job: Job) -> None:
        """Give it something to do; raises OSError when it has died."""
        self.job, self.since = job, time.monotonic()
        self.connection.send_bytes(job.model_dump_json().encode())

    def receive(self) -> Product | None:
        """What it has done, or None: it is ready for its first job. Raises EOFError or OSError when it has died."""
        said = self.connection.recv_bytes()
        if not self.ready:
            self.ready = True
            return None
        self.job = None
        product = Product.model_validate_json(said)
        return product.model_copy(update={"graded": product.graded.model_copy(update={"worker": self.name})})

    @property
    def overdue(self) -> bool:
        """Whether it has been at its job, or its start, for much longer than any takes."""
        busy = self.job is not None or not self.ready
        return busy and time.monotonic() - self.since > (self.job.timeout if self.job else 0) + STILL_BUSY

    def stop(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> str:
        """End it, by force when it takes long, and remove its folder; returns how it ended, in words."""
        self.stop()
        with contextlib.suppress(OSError, EOFError):
            while self.connection.poll(GRACE):
                self.connection.recv_bytes()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # before it is waited for: the number is still its own
        code = self.process.wait()
        self.connection.close()
        self._socket.close()
        last = self._errors.read_text("utf-8", "replace").strip().splitlines()[-1:] if self._errors.exists() else []
        shutil.rmtree(self.folder, ignore_errors=True)
        ended = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return shorten(": ".join([ended, *last]))


def remove_abandoned() -> None:
    """Remove the folders of workers that were killed together with their owners, as a container is."""
    for errors in Path(tempfile.gettempdir()).glob("grading-worker-*/errors.txt"):
        with contextlib.suppress(OSError):  # another one's
            about = errors.lstat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < BRAND_NEW:
                continue
            descriptor = os.open(errors, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(errors.parent, ignore_errors=True)
            finally:
                os.close(descriptor)


def serve(
    connection: Connection, work: Callable[[Job], Product] = grade_one, prepare: Callable[[], None] = lambda: None
) -> None:
    """Prepare, say that all is ready, and answer jobs until the owner is gone; does not return before."""
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                jobs.put(Job.model_validate_json(connection.recv_bytes()))
        _end()

    threading.Thread(target=listen, daemon=True).start()
    prepare()
    connection.send_bytes(b"{}")
    while True:
        product = work(jobs.get())
        with contextlib.suppress(OSError):  # the owner is gone: so is this process, soon
            connection.send_bytes(product.model_dump_json().encode())


def _end() -> None:
    """End this process and what it started, also while the main thread is busy; its folder goes, too."""
    warm_process.close_shared()
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(0, signal.SIGKILL)  # what answers for students' models, too


def warm_up() -> None:
    """What takes seconds, before the first job."""
    from grading import quiet
    from grading.assessment import submitted  # noqa: F401

    quiet.apply()
    with contextlib.suppress(WarmthError):
        warm_process.shared()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), prepare=warm_up)
