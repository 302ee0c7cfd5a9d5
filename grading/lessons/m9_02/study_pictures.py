"""The pictures of a study: its history, its trials in parallel coordinates, and which settings matter."""

import re

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, MOST_FIGURES, read_picture

PICTURES = {
    "the optimisation history": re.compile(r"history|optimi[sz]ation|convergence", re.I),
    "parallel coordinates": re.compile(r"parallel", re.I),
    "the settings' importance": re.compile(r"(?<!feature)(?<!feature[_ -])importance", re.I),
}


def require_pictures(evidence: Evidence) -> list[str]:
    """One picture of each kind, by its path; raises Unmet when one is missing, or all of a kind are blank."""
    shown, runs = [], evidence.started_runs
    for what, name in PICTURES.items():
        found = [
            (run, path)
            for run in runs
            for path in run.artifacts.paths()
            if path.lower().endswith(IMAGES) and name.search(path.rpartition("/")[2])
        ]
        if not found:
            raise Unmet(
                f"a figure of {what}", "none", "optimization_history, parallel_coordinates, parameter_importance"
            )
        if all(read_picture(run.artifacts.local(path)).blank for run, path in found[:MOST_FIGURES]):
            raise Unmet(f"{found[0][1]} to show something", "a blank picture", "log the figure itself")
        shown.append(found[0][1])
    return shown
