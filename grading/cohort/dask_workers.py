"""Workers of a Dask cluster: each of its threads keeps a worker process like those here; files travel as content."""

import contextlib
import logging
import threading
import time
import uuid
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from grading.cohort.job import Job, Product, ungraded
from grading.cohort.workers import Event, LocalWorkers, Started, Waiting
from grading.errors import GradingError, InputError, shorten

PATIENCE = 60  # seconds to find the scheduler, at first and after it was lost
LOSSES = 5  # of the scheduler, after which the cluster is not to be relied on
POLL, LOOK = 0.1, 0.5  # seconds between looks at what is done, and at who is on what
AHEAD = 2  # submissions in the cluster for each of its threads: none waits, and a class does not fill its memory
# What Dask raises when its scheduler is gone: TimeoutError is an OSError, a closed client has no event loop.
LOST = (OSError, RuntimeError, CancelledError)

_of_thread = threading.local()


def grade_there(data: bytes) -> bytes:
    """A job as JSON to its product as JSON, by a worker process that this thread of a Dask worker keeps."""
    job = Job.model_validate_json(data)
    if not hasattr(_of_thread, "workers"):
        _of_thread.workers = LocalWorkers(1)
    try:
        product = next(event for event in _of_thread.workers.grade([job]) if isinstance(event, Product))
    except GradingError as error:
        product = ungraded(job, str(error))
    return product.model_dump_json().encode()


class DaskWorkers:
    """The workers behind a scheduler: an address, or the path of a scheduler file. Raises InputError without one."""

    def __init__(self, scheduler: str, patience: float = PATIENCE) -> None:
        self._scheduler, self._patience = scheduler, patience
        if "://" not in scheduler and not Path(scheduler).is_file():
            raise InputError(f"expected tcp://HOST:PORT or a scheduler file; found {scheduler!r}")
        try:
            self._client = self._connect()
        except (OSError, ValueError) as error:
            raise InputError(f"expected a Dask scheduler at {scheduler}; found none: {error}") from None

    def close(self) -> None:
        """Leave the cluster, which forgets what it has not done and runs on for others."""
        with contextlib.suppress(OSError):
            self._client.close(timeout=5)

    def __str__(self) -> str:
        threads = self._client.nthreads()
        return (
            f"Dask scheduler {self._client.scheduler.address}: {len(threads)} workers, {sum(threads.values())} threads"
        )

    def grade(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Grade all these jobs; a scheduler that is lost is given what was in flight again, once it is back."""
        waiting = deque(jobs)
        busy: dict[Any, Job] = {}  # by future
        losses = 0
        while waiting or busy:
            try:
                yield from self._grade(waiting, busy)
            except LOST as error:
                losses += 1
                waiting.extendleft(reversed(busy.values()))
                busy.clear()
                yield Waiting(f"the Dask scheduler at {self._scheduler} is lost")
                self.close()
                try:
                    self._client = self._connect()
                except OSError:
                    losses = LOSSES
                if losses == LOSSES:
                    reason = shorten(f"the Dask scheduler at {self._scheduler} was lost: {error}")
                    raise GradingError(reason) from None

    def _grade(self, waiting: deque[Job], busy: dict[Any, Job]) -> Iterator[Event]:
        """Keep the cluster busy until all is done; raises one of LOST when the scheduler is."""
        run, looked, threads = uuid.uuid4().hex[:8], float("-inf"), -1
        seen: dict[str, str] = {}  # by submission: the worker that is on it
        while waiting or busy:
            if time.monotonic() - looked > LOOK:
                looked, on_it = time.monotonic(), self._client.processing()
                nthreads = self._client.nthreads()
                if not nthreads and threads != 0:
                    yield Waiting("the cluster has no worker")
                threads = sum(nthreads.values())
                names = {future.key: job.name for future, job in busy.items()}
                for worker, keys in on_it.items():
                    for key in list(keys)[: nthreads.get(worker, 1)]:
                        if key in names and seen.get(key) != worker:
                            seen[key] = worker
                            yield Started(worker, names[key])
            while waiting and len(busy) < AHEAD * max(threads, 1):
                busy[self._submit(waiting[0], run)] = waiting[0]
                waiting.popleft()
            for future in [future for future in busy if future.status != "pending"]:
                product = _product(future, busy[future])
                del busy[future]
                yield product
            time.sleep(POLL)

    def _submit(self, job: Job, run: str) -> Any:
        data = job.model_dump_json().encode()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")  # a notebook is as large as it is
            return self._client.submit(grade_there, data, key=f"grade-{run}-{job.place}", retries=1)

    def _connect(self) -> Any:
        from dask.distributed import Client

        for name in tuple(logging.root.manager.loggerDict):
            if name.startswith("distributed"):  # what is wrong is said here, in a sentence
                logging.getLogger(name).setLevel(logging.CRITICAL)
        where = {"address": self._scheduler} if "://" in self._scheduler else {"scheduler_file": self._scheduler}
        return Client(**where, timeout=self._patience, set_as_default=False)


def _product(future: Any, job: Job) -> Product:
    """What became of a job; raises one of LOST when that is not known."""
    if future.status == "finished":
        return Product.model_validate_json(future.result(timeout=PATIENCE))
    if future.status == "error":
        error = future.exception(timeout=PATIENCE)
        return ungraded(job, f"the cluster could not grade it: {type(error).__name__}: {error}")
    raise ConnectionError(future.status)
