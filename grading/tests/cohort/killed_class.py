"""A script: one class run without a break, and the same one killed at random moments and resumed; prints what it saw.

`python killed_class.py KILLS SUBMISSIONS SEED`, in an empty folder. It forks a process for each run, which so costs no
imports; the runs are those of the command line, their workers real, grading is the stand-in.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from grading.class_reports import progress, reports, text  # noqa: F401  imported before the forks
from grading.cohort import class_run, dask_workers  # noqa: F401
from grading.cohort.graded import read_graded
from grading.cohort.submissions import find_submissions  # noqa: F401
from grading.commands import cli
from grading.reports import html  # noqa: F401
from grading.tests import stub_worker


def start(out: str) -> int:
    """A class run in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        said = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.argv = ["grading", "cohort", "class", "--out", out, "--workers", "2", "--confine", "off"]
        cli.main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


def on_disk(out: str) -> dict[str, list[object]]:
    """What each result says, but for when it was made and by whom; raises ValueError for one that is not whole."""
    found = {}
    for path in sorted(Path(out).glob("results/*/M9_01.json")):
        one = read_graded(path)
        assert one is not None
        assert one.scorecard is not None
        page = path.with_suffix(".html").read_text()
        found[one.place] = [one.key, one.student, one.scorecard.score, page, path.with_suffix(".ipynb").read_text()]
    return found


def main() -> None:
    """Do it all."""
    kills, submissions, seed = (int(argument) for argument in sys.argv[1:])
    stub_worker.use()
    chance = random.Random(seed)
    for number in range(submissions):
        folder = Path("class") / f"student {number}"
        folder.mkdir(parents=True)
        wanted = {"sleep": chance.uniform(0, 0.2), "log": str(Path("log.txt").resolve()), "number": number}
        (folder / "M9_01_a.ipynb").write_text(json.dumps(wanted))
    exit_whole = os.waitstatus_to_exitcode(os.waitpid(start("whole"), 0)[1])
    Path("log.txt").unlink()
    counts, killed = [], 0
    for _ in range(kills):
        pid = start("out")
        time.sleep(chance.uniform(0.1, 1.2))
        os.kill(pid, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        counts.append(len(on_disk("out")))
    exit_last = os.waitstatus_to_exitcode(os.waitpid(start("out"), 0)[1])
    log = [line.split(maxsplit=2) for line in Path("log.txt").read_text().splitlines()]
    seen = {
        "exits": [exit_whole, exit_last],
        "killed": killed,
        "counts": counts,
        "same_results": on_disk("whole") == on_disk("out"),
        "results": len(on_disk("out")),
        "same_gradebook": Path("whole/gradebook.csv").read_bytes() == Path("out/gradebook.csv").read_bytes(),
        "gradings": len(log),
        "graded": len({place for _, _, place in log}),
        "workers": sorted({int(pid) for pid, _, _ in log}),
        "half": [str(path) for path in Path("out").rglob(".*") if path.name != ".lock"],
    }
    print(json.dumps(seen))


main()
