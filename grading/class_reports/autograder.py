"""Gradescope's side: grade what lies in PLACE/submission, and write PLACE/results/results.json.

Usage: python -m grading.class_reports.autograder [PLACE] [--confine auto|on|off]    (PLACE is /autograder unless given)
"""

import argparse
import json
import shutil
from pathlib import Path

from grading import quiet
from grading.class_reports import gradescope
from grading.cohort.job import grade_one, job_of
from grading.cohort.submissions import Found, find_submissions
from grading.errors import GradingError
from grading.files import write_whole
from grading.reports.words import clean
from grading.running.execution import TIMEOUT
from grading.running.kernels.confinement import Confine
from grading.running.scratch import scratch_folder

STUDENT = "student"  # Gradescope knows who it is; the grader need not


def grade_submission(place: Path, confine: Confine = "auto") -> str:
    """The text of results.json for what a student handed in; never raises for what that is."""
    try:
        found = _found(place / "submission")
    except GradingError as error:
        return _nothing(str(error))
    if len(found.submissions) != 1:
        lessons = ", ".join(each.lesson for each in found.submissions) or "no notebook that can be used"
        return _nothing(f"expected the notebook of one lesson; found {lessons}", *found.problems)
    (submission,) = found.submissions
    graded = grade_one(job_of(submission, TIMEOUT, confine)).graded
    how = [f"confinement: {graded.scorecard.execution.confinement}"] if graded.scorecard else []
    results = json.loads(gradescope.render(graded))
    results["output"] = "\n".join([results["output"], *how, *map(clean, found.problems)])
    return _text(results)


def _found(handed_in: Path) -> Found:
    """What was handed in, as one student's of a class; links are not followed."""
    with scratch_folder("grading-submission-") as folder:
        shutil.copytree(handed_in, folder / STUDENT, symlinks=True)
        return find_submissions(folder, layout="student/notebook")


def _nothing(*said: str) -> str:
    """The results of a submission that holds nothing to grade: it can be handed in again."""
    return _text({"score": 0, "output": clean("\n".join(said)), "visibility": "visible", "tests": []})


def _text(results: object) -> str:
    return json.dumps(results, indent=2) + "\n"


def main() -> None:
    """Grade the submission; that there is a result is told by its file, and the log shows what it says."""
    parser = argparse.ArgumentParser(description="Grade one submission to Gradescope.")
    parser.add_argument("place", nargs="?", type=Path, default=Path("/autograder"))
    parser.add_argument("--confine", choices=("auto", "on", "off"), default="auto")
    asked = parser.parse_args()
    quiet.apply()
    try:
        text = grade_submission(asked.place, asked.confine)
    except Exception as error:  # ours: without a score, Gradescope shows that the autograder failed
        why = f"{type(error).__name__}: {error}"
        text = _text({"output": clean(f"This submission is ungraded, through no fault of its own: {why}"), "tests": []})
    write_whole(asked.place / "results" / "results.json", text)
    print(json.loads(text)["output"])


if __name__ == "__main__":
    main()
