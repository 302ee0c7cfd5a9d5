"""Hostile cases: each is graded in a world with something to lose, and what became of that world is proved.

`python grading/tests/running/hostile.py CASE…` runs cases of `gallery/hostile` and prints, a line a case, a JSON object
with what is wrong (`problems`, empty when all is as it must be); without cases it reads their names from its input. It
is a program of its own so that it can be started as another user. A cell's prelude gives it `world` (places and ports
of this very process, on the loopback address only) and `attempt(name, act)`, which records that something was refused.
"""

import faulthandler
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from grading import quiet
from grading.assessment.assessment import Assessment, assess
from grading.marking.verdict import Scorecard
from grading.running import reproduction
from grading.running.execution_report import State
from grading.running.kernels import prediction, privileges
from grading.running.kernels.confinement import MEGABYTE, Limits
from grading.tests.running.hostile_case import Case
from grading.tests.running.hostile_judgement import active, misjudged
from grading.tests.running.hostile_world import World

LONGEST = 150  # seconds for one case before this process gives up on itself, with a traceback
SPARE = 1500 * MEGABYTE  # bytes that this process, the grader, may need: whatever a case makes it read
MOST_MEMORY = 700 * MEGABYTE  # bytes that the grader may really need for one case


class Gallery:
    """Runs cases one after the other with one warm process, and says what is wrong after each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cpu_seconds = 0.0  # of the last case: the grader's and the notebook's, without the models'
        self.world = World(folder / "world")
        resource.setrlimit(
            resource.RLIMIT_DATA, (_status("VmData") + SPARE, resource.getrlimit(resource.RLIMIT_DATA)[1])
        )

    @cached_property
    def usual(self) -> Scorecard:
        """What the small notebook gets when its hostile cell does nothing."""
        card = self.grade(Case("cell_that_does_nothing")).scorecard
        if card.execution.state != State.FINISHED or not card.score:
            raise RuntimeError(f"the harmless notebook did not get its points: {card.execution}")
        return card

    def grade(self, case: Case) -> Assessment:
        """Grade one case, as an instructor would who insists on confinement."""
        folder = self.folder / "handed-in"
        folder.mkdir()
        try:
            path = case.notebook(folder, self.world.places())
            limits = Limits(**case.expected.get("limits", {}))
            vars(prediction)["TIMEOUT"] = case.expected.get("prediction_timeout", reproduction.TIMEOUT)
            start = time.process_time()
            found = assess(path, timeout=case.expected.get("timeout", 60), confine="on", limits=limits)
            self.cpu_seconds = time.process_time() - start + found.scorecard.execution.cpu_seconds
            return found
        finally:
            shutil.rmtree(folder)

    def problems(self, case: Case) -> list[str]:
        """What is not as it must be after this case."""
        self.usual  # noqa: B018  graded before the first comparison
        before = self.world.condition()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        memory = _status("VmRSS")
        assessment = self.grade(case)
        needed = _status("VmHWM") - memory
        after = self.world.condition(before["descendants"])
        changed = [
            f"{what} changed: {_difference(before[what], after[what])}"
            for what in before
            if before[what] != after[what]
        ]
        if needed > MOST_MEMORY:
            changed.append(f"the grader needed {needed / MEGABYTE:,.0f} MB for it")
        return [*changed, *misjudged(case, assessment, self.usual), *active(assessment.scorecard)]


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, dict):
        changed = {key for key in before | after if before.get(key) != after.get(key)}
        before, after = ({key: each.get(key) for key in changed} for each in (before, after))
    return f"{before} → {after}"[:600]


def _status(name: str) -> int:
    """One of this process's sizes, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


def main() -> None:
    """Run the cases that are named, or those that are asked for line by line."""
    quiet.apply()
    privileges.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        Path(folder).chmod(0o711)
        (scratch := Path(folder, "tmp")).mkdir(mode=0o711)
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        gallery = Gallery(Path(folder))
        try:
            for name in sys.argv[1:] or map(str.strip, sys.stdin):
                faulthandler.dump_traceback_later(LONGEST, exit=True)
                case = Case(name)
                said = {"case": name, "problems": gallery.problems(case), "cpu_seconds": round(gallery.cpu_seconds, 1)}
                print(json.dumps(said), flush=True)
                faulthandler.cancel_dump_traceback_later()
        finally:
            gallery.world.end()


if __name__ == "__main__":
    main()
