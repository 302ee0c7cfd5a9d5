"""What may happen to a class run: killed at any moment; its cluster's worker killed, the scheduler restarted, gone."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.cohort.dask_workers import DaskWorkers
from grading.cohort.job import Job, Product, job_of
from grading.cohort.submissions import Submission
from grading.cohort.workers import Lost, Started, Waiting
from grading.errors import GradingError, InputError
from grading.running.environment import ONE_THREAD
from grading.tests import stub_worker
from grading.tests.conftest import gone

# Dask's client may drop a socket while it connects again. Python says so when it next collects garbage, which is done
# before a test of this module ends: it would be said in whatever test runs then.
pytestmark = [pytest.mark.exhaustive, pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")]

KILLS, SUBMISSIONS = 20, 160


def test_a_run_killed_at_random_moments_ends_as_one_that_was_not(tmp_path: Path) -> None:
    seed = int.from_bytes(os.urandom(4))
    script = Path(__file__).with_name("killed_class.py")
    command = [sys.executable, str(script), *map(str, (KILLS, SUBMISSIONS, seed))]
    (tmp_path / "temporary").mkdir()
    environment = os.environ | ONE_THREAD | {"TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["exits"] == [0, 0]
    assert seen["killed"] == KILLS, f"seed {seed}: a run ended before it was killed"
    assert seen["counts"] == sorted(seen["counts"])  # what is kept stays
    assert seen["results"] == seen["graded"] == SUBMISSIONS
    assert seen["same_results"], f"seed {seed}"
    assert seen["same_gradebook"], f"seed {seed}"
    assert seen["gradings"] <= SUBMISSIONS + 2 * KILLS  # two were in flight at each kill
    assert all(gone(pid) for pid in seen["workers"])
    assert seen["half"] == []


class Cluster:
    """A real Dask scheduler and its workers, as processes; grading in them is the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file, self.log = folder, folder / "scheduler.json", folder / "log.txt"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", self.file)
        while not self.file.exists() or not self.file.read_text().endswith("}"):
            assert self.scheduler.poll() is None
            time.sleep(0.1)
        self.address = str(json.loads(self.file.read_text())["address"])
        self.workers = [self._worker(), self._worker()]

    def _start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *map(str, arguments), "--no-dashboard"]
        with (self.folder / "errors.txt").open("ab") as errors:
            return subprocess.Popen(command, cwd=self.folder, stdout=errors, stderr=errors)

    def _worker(self) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--preload", stub_worker.__file__, "--local-directory", self.folder)
        return self._start("worker", self.address, *options)

    def restart(self) -> None:
        """Kill the scheduler, whose workers then end; start it anew at the same address, and other workers."""
        self.scheduler.kill()
        for process in (self.scheduler, *self.workers):
            process.wait(60)
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port)
        self.workers = [self._worker(), self._worker()]

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGKILL)
            process.wait()

    def jobs(self, count: int) -> list[Job]:
        """Submissions that note who grades them; two students handed in the same."""
        content = [
            json.dumps({"sleep": 0.5, "log": str(self.log), "number": max(number, 1)}) for number in range(count)
        ]
        submissions = [
            Submission(f"s{n}", "M9_01", "M9_01_a.ipynb", text.encode(), {}, "a") for n, text in enumerate(content)
        ]
        return [job_of(submission, 60, "off") for submission in submissions]

    def kill_busy_worker(self) -> None:
        """Kill the Dask worker that began with a submission last."""
        pid = int(self.log.read_text().splitlines()[-1].split()[1])
        worker = next(worker for worker in self.workers if worker.pid == pid)
        worker.kill()
        worker.wait()


@pytest.fixture(autouse=True)
def _garbage_is_collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.mark.xdist_group("dask")
def test_a_killed_workers_submissions_are_graded_elsewhere_each_counted_once(cluster: Cluster) -> None:
    workers, done, names = DaskWorkers(str(cluster.file)), [], set()
    workers._client.wait_for_workers(2)
    for event in workers.grade(cluster.jobs(8)):
        if isinstance(event, Product):
            done.append(event.graded)
            if len(done) == 3:
                cluster.kill_busy_worker()
        elif isinstance(event, Started):
            names.add(event.worker)
    workers.close()
    assert sorted(one.student for one in done) == [f"s{number}" for number in range(8)]
    assert all(one.graded for one in done)
    assert len(names) == 2
    assert [worker.poll() for worker in cluster.workers].count(None) == 1


@pytest.mark.xdist_group("dask")
def test_a_scheduler_that_is_restarted_is_given_what_was_in_flight_again(cluster: Cluster) -> None:
    workers, done, waited = DaskWorkers(cluster.address), [], []
    for event in workers.grade(cluster.jobs(6)):
        if isinstance(event, Product):
            done.append(event.graded.student)
            if len(done) == 2:
                cluster.restart()
        elif isinstance(event, Waiting):
            waited.append(event.what)
        else:
            assert not isinstance(event, Lost)
    workers.close()
    assert sorted(done) == [f"s{number}" for number in range(6)]
    assert any("is lost" in what for what in waited)


@pytest.mark.xdist_group("dask")
def test_a_scheduler_that_is_gone_ends_the_run_with_what_is_done(cluster: Cluster) -> None:
    workers, done = DaskWorkers(cluster.address, patience=1), []

    def grade() -> None:
        for event in workers.grade(cluster.jobs(6)):
            if isinstance(event, Product):
                done.append(event.graded.student)
                if len(done) == 1:
                    cluster.scheduler.kill()
                    cluster.scheduler.wait()

    with pytest.raises(GradingError, match=f"the Dask scheduler at {cluster.address} was lost"):
        grade()
    workers.close()
    assert 0 < len(done) == len(set(done)) < 6
    with pytest.raises(InputError, match="expected a Dask scheduler at"):
        DaskWorkers(cluster.address, patience=1)
