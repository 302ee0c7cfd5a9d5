"""Runs of single folds: which number a nested run says it is of."""

import re

from grading.evidence.store import Run
from grading.evidence.tables import said

FOLD_NAMES = ("fold", "cv_fold", "fold_number", "fold_index", "fold_id")


def fold_number(run: Run) -> int | None:
    """The number of the fold that a nested run is of; None when it says none."""
    text = said(run, *FOLD_NAMES)
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None
