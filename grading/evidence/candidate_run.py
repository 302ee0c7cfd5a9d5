"""Runs that try something before the choice: candidates, and the searches that hold them; they are no main runs."""

from grading.evidence.predictions import is_out_of_fold, predictions_path
from grading.evidence.store import Run

STAGES = frozenset({"stage", "role"})  # tags or params under which a run says that it is a candidate


def is_called_candidate(run: Run) -> bool:
    """Whether a tag or a param says that the run is a candidate."""
    said = (value for place in (run.tags, run.params) for key, value in place.items() if key.lower() in STAGES)
    return any("candidate" in value.lower() for value in said)


def has_held_out_rows(run: Run) -> bool:
    """Whether the run keeps a table of rows that were held out."""
    return any(map(is_out_of_fold, run.artifacts.paths()))


def is_candidate(run: Run, *, has_children: bool) -> bool:
    """Whether the run is a candidate, or holds some: it is called so and keeps rows that were held out split by split;
    or has no predictions, and one of the two, or nested runs and no model."""
    if predictions_path(run) is not None:
        return is_called_candidate(run) and has_held_out_rows(run)
    return is_called_candidate(run) or has_held_out_rows(run) or (has_children and not run.models)
