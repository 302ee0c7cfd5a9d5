"""Workers on this machine: several at once, each replaced when it dies, and what it was grading tried once more."""

import contextlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Protocol

from grading.cohort.job import ATTEMPTS, Job, Product, ungraded
from grading.cohort.worker import COMMAND, Worker, remove_abandoned
from grading.errors import GradingError

LOOK = 30  # seconds between looks for workers that hang
FAILED_STARTS = 3  # in a row: it is not by chance


@dataclass(frozen=True)
class Started:
    """A worker has begun with a submission."""

    worker: str
    name: str


@dataclass(frozen=True)
class Lost:
    """A worker died over a submission, which is tried again."""

    name: str
    how: str


@dataclass(frozen=True)
class Waiting:
    """Nothing goes on, and what for."""

    what: str


Event = Started | Lost | Waiting | Product


class Workers(Protocol):
    """Whatever grades jobs, here or elsewhere."""

    def grade(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Grade all these jobs; one Product each, as soon as it is there. Raises GradingError when it cannot go on."""
        ...

    def close(self) -> None:
        """End them; what they are on is lost."""
        ...


class LocalWorkers:
    """So many worker processes on this machine, started when there is something to do."""

    def __init__(self, count: int, command: Sequence[str] = COMMAND) -> None:
        self.count = count
        self._command = command
        self._workers: list[Worker] = []
        self._failed_starts = 0
        remove_abandoned()

    def close(self) -> None:
        """End all of them; what they are on is lost."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    def grade(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Grade all these jobs; raises GradingError when no worker starts."""
        waiting, deaths = deque(jobs), Counter[str]()
        while waiting or any(worker.job for worker in self._workers):
            while len(self._workers) < min(self.count, len(jobs)):
                self._workers.append(Worker(self._command))
            for worker in self._workers:
                if waiting and worker.ready and worker.job is None:
                    yield Started(worker.name, waiting[0].name)
                    with contextlib.suppress(OSError):  # it is dead, which is heard below
                        worker.send(waiting.popleft())
            heard = wait([worker.connection for worker in self._workers], LOOK)
            for worker in tuple(self._workers):
                if worker.connection in heard or worker.overdue:
                    yield from self._hear(worker, waiting, deaths)

    def _hear(self, worker: Worker, waiting: deque[Job], deaths: Counter[str]) -> Iterator[Event]:
        job = worker.job
        try:
            if worker.overdue:
                raise EOFError
            product = worker.receive()
        except (EOFError, OSError, ValueError):
            self._workers.remove(worker)
            how = f"{'did not come to an end and ' if worker.overdue else ''}{worker.close()}"
            if job is None:
                self._count_start(worker, how)
                return
            deaths[job.place] += 1
            if deaths[job.place] < ATTEMPTS:
                waiting.appendleft(job)
                yield Lost(job.name, how)
            else:
                reason = f"its worker {how}; another one before it died over this submission, too"
                yield ungraded(job, reason, attempts=ATTEMPTS, worker=worker.name)
            return
        self._failed_starts = 0
        if product and job:
            attempts = product.graded.attempts + deaths[job.place]
            yield product.model_copy(update={"graded": product.graded.model_copy(update={"attempts": attempts})})

    def _count_start(self, worker: Worker, how: str) -> None:
        """Give up when workers die again and again before they are ready."""
        self._failed_starts += not worker.ready
        if self._failed_starts >= FAILED_STARTS:
            raise GradingError(f"expected workers to start; each of the last {FAILED_STARTS} {how}")
