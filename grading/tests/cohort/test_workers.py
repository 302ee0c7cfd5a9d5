"""The workers of this machine: real processes, a stand-in for grading; some die."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grading.cohort import worker as worker_module
from grading.cohort.job import Job, Product, job_of
from grading.cohort.submissions import Submission
from grading.cohort.workers import Event, LocalWorkers, Lost, Started
from grading.errors import GradingError
from grading.tests.conftest import gone
from grading.tests.stub_worker import COMMAND

pytestmark = pytest.mark.slow


def job(student: str, notebook: str = "{}", timeout: float = 60) -> Job:
    return job_of(Submission(student, "M9_01", "M9_01_a.ipynb", notebook.encode(), {}, "a"), timeout, "off")


@pytest.fixture
def two() -> Iterator[LocalWorkers]:
    workers = LocalWorkers(2, COMMAND)
    yield workers
    workers.close()


def products(events: Sequence[Event]) -> dict[str, Product]:
    found = [event for event in events if isinstance(event, Product)]
    assert len({product.graded.place for product in found}) == len(found), "one was counted twice"
    return {product.graded.student: product for product in found}


def test_each_job_gives_one_product_and_two_workers_share_them(two: LocalWorkers) -> None:
    events = list(two.grade([job(f"s{number}", '{"sleep": 0.1}') for number in range(6)]))
    found = products(events)
    assert sorted(found) == [f"s{number}" for number in range(6)]
    assert all(product.graded.graded for product in found.values())
    assert len({product.graded.worker for product in found.values()}) == 2
    assert sum(isinstance(event, Started) for event in events) == 6
    assert products(list(two.grade([job("later")]))).keys() == {"later"}


def test_a_worker_that_dies_costs_one_more_attempt(two: LocalWorkers, tmp_path: Path) -> None:
    once = f'{{"die": true, "once": "{tmp_path / "mark"}"}}'
    events = list(two.grade([job("s0", once), *(job(f"s{number}") for number in range(1, 4))]))
    assert {name: product.graded.attempts for name, product in products(events).items()} == {
        "s0": 2, "s1": 1, "s2": 1, "s3": 1,
    }  # fmt: skip
    lost = [event for event in events if isinstance(event, Lost)]
    assert [(event.name, event.how) for event in lost] == [("s0 M9_01", "was killed by signal 9")]


def test_one_that_kills_each_worker_is_ungraded_and_the_others_are_not(two: LocalWorkers) -> None:
    found = products(list(two.grade([job("s0", '{"die": true}'), job("s1"), job("s2")])))
    assert [found[name].graded.graded for name in ("s0", "s1", "s2")] == [False, True, True]
    assert "was killed by signal 9; another one before it" in found["s0"].graded.problem


def test_a_worker_that_never_comes_to_an_end_is_ended(two: LocalWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "STILL_BUSY", 3)
    monkeypatch.setattr(worker_module, "GRACE", 0.1)
    monkeypatch.setattr("grading.cohort.workers.LOOK", 0.2)
    found = products(list(two.grade([job("s0", '{"sleep": 600}', timeout=0), job("s1")])))
    assert "did not come to an end" in found["s0"].graded.problem
    assert found["s1"].graded.graded


def test_workers_that_cannot_start_are_said_with_their_last_words() -> None:
    workers = LocalWorkers(2, (sys.executable, "-c", "import sys; sys.exit('no module named x')"))
    with pytest.raises(GradingError, match="ended with code 1: no module named x"):
        list(workers.grade([job("s0")]))
    workers.close()


def test_closing_leaves_no_process_and_no_folder(two: LocalWorkers) -> None:
    events = two.grade([job("s0", '{"sleep": 600}'), job("s1", '{"sleep": 600}')])
    next(events)
    workers = tuple(two._workers)
    two.close()
    assert all(gone(worker.process.pid) and not worker.folder.exists() for worker in workers)


OWNER = """import os, sys
from grading.cohort.job import Job
from grading.cohort.worker import Worker
worker = Worker(sys.argv[1:3])
worker.receive()
worker.send(Job.model_validate_json(sys.argv[3]))
print(worker.process.pid, worker.folder, flush=True)
os.kill(os.getpid(), 9)"""


def test_an_owner_that_is_killed_leaves_no_process_and_no_folder() -> None:
    own = job("s0", '{"sleep": 600}').model_dump_json()
    done = subprocess.run([sys.executable, "-c", OWNER, *COMMAND, own], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid, folder = done.stdout.split()
    assert gone(int(pid))
    assert not Path(folder).exists()


def test_folders_whose_workers_were_killed_with_their_owner_are_removed_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(worker_module, "BRAND_NEW", 0)
    abandoned = tmp_path / "grading-worker-abandoned"
    abandoned.mkdir()
    (abandoned / "errors.txt").touch()
    alive = worker_module.Worker(COMMAND)
    worker_module.remove_abandoned()
    assert list(tmp_path.iterdir()) == [alive.folder]
    alive.close()
    assert list(tmp_path.iterdir()) == []
