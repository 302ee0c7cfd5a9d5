"""What a grading's processes use, as the system counts it: processor time, and memory that they share with none."""

import contextlib
import signal
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from grading.errors import GradingError

CLOSELY, NOW_AND_THEN = 0.02, 0.05  # seconds between looks
MEGABYTE = 1e6
WARM = "grading.running.kernels.zygote"


class _Watch:
    """Looks again and again, from a thread of its own, while the block runs, and once more at its end."""

    interval = CLOSELY

    def __enter__(self) -> Self:
        self._over, self.cost = threading.Event(), 0.0  # seconds of processor time that looking took
        self._thread = threading.Thread(target=self._look_until_over)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """Note what there is to see."""
        raise NotImplementedError

    def _look_until_over(self) -> None:
        while not self._over.wait(self.interval):
            self.look()
        self.cost = time.thread_time()


class ProcessorTime(_Watch):
    """Seconds of processor time of this process and of all that it started.

    What is gone is in its parent's count, unless the parent lets its children go unasked, as the warm process does: of
    those the last look counts, which misses at most the interval between two.
    """

    def __enter__(self) -> Self:
        self._used: dict[Any, float] = {}
        self._unasked: dict[Any, bool] = {}
        self.look()
        self._before = dict(self._used)
        return super().__enter__()

    def look(self) -> None:
        """Note the times of all that are alive."""
        self._alive = _family()
        for process in self._alive:
            with contextlib.suppress(psutil.Error, OSError):
                self._used[process] = sum(process.cpu_times()[:4])  # user and system, its own and its children's
                if process not in self._unasked:
                    self._unasked[process] = _lets_children_go(process.ppid())

    @property
    def seconds(self) -> float:
        """The sum, when the block is over."""
        counted = {process for process in self._used if process in self._alive or self._unasked.get(process)}
        used = sum((self._used[process] - self._before.get(process, 0.0) for process in counted), 0.0)
        return used - self.cost


class PrivateMemory(_Watch):
    """Megabytes that all kernels and what they started hold beyond what they share with the warm process: the peak."""

    interval = NOW_AND_THEN
    peak = 0.0
    largest = 0.0  # of one process

    def look(self) -> None:
        """Note what the warm process's descendants hold."""
        held = [0.0]
        for process in warm_process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                held.append(process.memory_full_info().uss / MEGABYTE)
        self.peak, self.largest = max(self.peak, sum(held)), max(self.largest, *held)


def warm_process() -> psutil.Process:
    """The warm process that this process started."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if WARM in child.cmdline():
                return child
    raise GradingError("expected a warm process; found none: this machine has only ordinary kernels")


def proportional(process: psutil.Process) -> float:
    """Megabytes of a process, what it shares divided by those that share it."""
    return float(process.memory_full_info().pss / MEGABYTE)


def _family() -> list[psutil.Process]:
    this = psutil.Process()
    return [this, *this.children(recursive=True)]


def _lets_children_go(pid: int) -> bool:
    """Whether a process ignores the ends of its children, so that the system does not add their time to its own."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("SigIgn:"):
            return bool(int(line.split()[1], 16) >> (signal.SIGCHLD - 1) & 1)
    return False
