"""What a submission's main runs predicted, as hashes: equal ones under different seeds are shown to a person."""

import hashlib

import numpy as np
import pandas as pd

from grading.errors import shorten
from grading.evidence.claims import SCORE_NAMES
from grading.evidence.contract import our_contract, value_of
from grading.evidence.evidence import Evidence

MOST_RUNS = 20
FEWEST_VALUES = 10  # different ones; honest models agree on a few labels or on one constant


def fingerprints_of(evidence: Evidence) -> dict[str, str]:
    """`predictions:<run>`: the hash of the run's rows and predictions; `seed:<run>`: its seed as logged.

    Runs without predictions that can be read, and predictions that tell little, are left out; it raises nothing.
    """
    found: dict[str, str] = {}
    try:
        runs = evidence.main_runs[-MOST_RUNS:]
    except Exception:  # the notebook damaged its store: the scorecard says so, and must not be lost for this
        return found
    rule = our_contract("experiment").parameters["random_state"]
    for run in runs:
        try:
            digest = _digest(evidence.predictions(run))
        except Exception:
            continue
        if digest:
            name = shorten(run.name)
            found[f"predictions:{name}"] = digest
            found[f"seed:{name}"] = shorten(value_of("random_state", rule, run.params) or "")
    return found


def _digest(predictions: pd.DataFrame) -> str:
    """The hash of the values, whatever the order of rows and the way numbers were written; empty when they are few."""
    score = next((name for name in SCORE_NAMES if name in predictions.columns), "y_pred")
    if predictions[score].nunique() < FEWEST_VALUES:
        return ""
    digest = hashlib.sha256()
    ordered = predictions.sort_values("row", kind="stable")
    for name in ("row", "y_pred", score):
        values = ordered[name]
        if pd.api.types.is_numeric_dtype(values):
            digest.update(np.ascontiguousarray(values.to_numpy(float)).tobytes())
        else:
            digest.update("\0".join(map(str, values)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
