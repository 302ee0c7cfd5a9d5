"""The class's reports (a stand-in: a plain gradebook)."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from grading.graded import Graded
from grading.reports.json import write_whole
from grading.submissions import Found


def write_all(found: Found, graded: Sequence[Graded], out: Path) -> list[Path]:
    """Write the reports of a class; returns their paths."""
    lessons = sorted({submission.lesson for submission in found.submissions})
    marks = {(one.student, one.lesson): one.scorecard.score for one in graded if one.graded and one.scorecard}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", *lessons, "total"])
    for student in found.students:
        own = [marks.get((student, lesson)) for lesson in lessons]
        writer.writerow(
            [student, *("" if mark is None else f"{mark:g}" for mark in own), f"{sum(filter(None, own)):g}"]
        )
    write_whole(out / "gradebook.csv", text.getvalue())
    return [out / "gradebook.csv"]
