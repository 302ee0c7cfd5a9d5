"""A run's predictions.csv: one row a test row, the evidence behind its test metrics."""

import re

import numpy as np
import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence.claims import SCORE_NAMES
from grading.evidence.contract import matching_files, our_contract
from grading.evidence.data_files import read_table
from grading.evidence.store import Run

FILE_NAME = "predictions.csv"
REQUIRED = ["row", "y_true", "y_pred"]
ROW_ALIASES = ("row_id", "id", "index")
OUT_OF_FOLD = ("outoffold", "oof", "heldout")  # in the name, without its signs, of a table of held-out rows
OF_SPLITS = re.compile(r"\b(split|fold|repeat)\b", re.IGNORECASE)  # a column of such a table
LONGEST_HEADING = 10_000  # bytes


def predictions_path(run: Run) -> str | None:
    """The artifact path of the run's predictions; None when it has none."""
    paths = run.artifacts.paths()
    paths = [path for path in paths if "reproduc" not in path.rpartition("/")[2]]  # made again, not the run's own
    paths = [path for path in paths if not (is_out_of_fold(path) and _has_splits(run, path))]
    exact = [path for path in paths if path.rpartition("/")[2].lower() == FILE_NAME]
    rule = our_contract("experiment").artifacts["predictions"]
    return next(iter(exact or matching_files("predictions", rule, paths)), None)


def is_out_of_fold(path: str) -> bool:
    """Whether a file's name says that it holds rows while they were held out: out_of_fold.csv, oof_predictions.csv."""
    name = re.sub(r"[^a-z0-9]+", "", path.rpartition("/")[2].lower())
    return name.endswith("csv") and any(word in name for word in OUT_OF_FOLD)


def _has_splits(run: Run, path: str) -> bool:
    try:
        with run.artifacts.local(path).open("rb") as file:
            return OF_SPLITS.search(file.readline(LONGEST_HEADING).decode("utf-8", "replace")) is not None
    except (Outcome, OSError):
        return False


def read_predictions(run: Run) -> pd.DataFrame:
    """The run's predictions: columns row, y_true, y_pred (and y_score). Raises Unmet when they are not right."""
    path = predictions_path(run)
    if path is None:
        raise Unmet(
            f"{FILE_NAME} in the run {run.name!r}",
            run.artifacts.paths()[:8] or "no artifacts",
            "a CSV with the columns row, y_true, y_pred, logged with mlflow.log_text or log_artifact",
        )
    frame = _in_our_capitals(read_table(run.artifacts.local(path)))
    if alias := next((name for name in ROW_ALIASES if name in frame.columns and "row" not in frame.columns), None):
        frame = frame.rename(columns={alias: "row"})
    if missing := [name for name in REQUIRED if name not in frame.columns]:
        raise Unmet(f"columns {', '.join(REQUIRED)} in {path}", list(frame.columns), f"add {', '.join(missing)}")
    if frame.empty or frame[REQUIRED].isna().to_numpy().any():
        raise Unmet(f"{path} without gaps", f"{len(frame)} rows, some with gaps" if len(frame) else "no rows")
    numeric = {name: pd.api.types.is_numeric_dtype(frame[name]) for name in REQUIRED}
    if numeric["y_true"] != numeric["y_pred"]:
        found = ", ".join(f"{name} such as {frame[name].iloc[0]!r}" for name in REQUIRED[1:])
        raise Unmet(f"y_true and y_pred of one kind in {path}", found, "predictions as plain numbers, or as labels")
    for name in (*REQUIRED[1:], *(name for name in SCORE_NAMES if name in frame.columns)):
        is_score = name in SCORE_NAMES
        if (numeric.get(name) or is_score) and not _finite(frame[name]):
            raise Unmet(
                f"finite numbers as {name} in {path}", f"{name} such as {frame[name].iloc[0]!r}", "no inf, no gaps"
            )
    if not frame["row"].is_unique:
        raise Unmet(f"each row once in {path}", f"row {frame['row'][frame['row'].duplicated()].iloc[0]} occurs twice")
    return frame


def _in_our_capitals(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with Row, Y_True and the like called as we call them."""
    known = (*REQUIRED, *ROW_ALIASES, *SCORE_NAMES)
    first: dict[str, object] = {}
    for name in frame.columns:
        first.setdefault(str(name).strip().lower(), name)
    return frame.rename(columns={first[low]: low for low in known if low in first and low not in frame.columns})


def _finite(values: pd.Series) -> bool:
    try:
        return bool(np.isfinite(values.to_numpy(float)).all())
    except (ValueError, TypeError, OverflowError):
        return False
