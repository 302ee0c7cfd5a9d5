"""A server for as long as it is needed: started on a free port, stopped with all that it started."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grading.errors import GradingError


@contextmanager
def serving(
    command: list[str], folder: Path, health: str, *, seconds: int, stop: signal.Signals, **more: str
) -> Iterator[str]:
    """The address of a server that was started on a free port and answers; its whole process group is stopped.

    `more` goes into its environment. Raises GradingError when it does not answer in time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*command, f"--port={port}"], cwd=folder, env=os.environ | more,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(seconds):
            try:
                with urllib.request.urlopen(url + health, timeout=2):
                    break
            except OSError:
                time.sleep(1)
        else:
            raise GradingError(f"{command[2]} did not start in {seconds} seconds")
        yield url
    finally:
        os.killpg(process.pid, stop)
        process.wait(30)
