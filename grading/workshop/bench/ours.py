"""Ours: `grading cohort` on a class."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from grading.marking.verdict import Scorecard
from grading.workshop.bench import classroom
from grading.workshop.bench.classroom import Submission
from grading.workshop.bench.peers import Prepared

WORKERS = 2


class Ours:
    """One command for the whole class; its start and its reports are in the time."""

    name = f"ours, {WORKERS} workers"

    def __init__(self, confine: str = "auto") -> None:
        self.confine = confine

    def prepare(self, folder: Path, handed_in: Sequence[Submission]) -> Prepared:
        """The class's notebooks, a folder a student."""
        classroom.write(folder / "submissions", handed_in)
        options = ["--out", "out", "--workers", str(WORKERS), "--confine", self.confine]
        command = [sys.executable, "-m", "grading", "cohort", "submissions", *options]

        def marks() -> dict[tuple[str, str], float]:
            found = {}
            for file in sorted((folder / "out" / "results").glob("*/M9_??.json")):
                kept = json.loads(file.read_text("utf-8"))
                if kept["scorecard"]:
                    share = Scorecard.model_validate(kept["scorecard"]).percent / 100
                    found[kept["student"], kept["lesson"]] = share
            return found

        return Prepared([command], folder, marks=marks)
