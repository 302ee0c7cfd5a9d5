"""The splits that candidates are compared on: a table of rows and folds, named by its hash."""

import hashlib
import re
from pathlib import Path

from grading.errors import Outcome, Unmet
from grading.evidence.data_files import read_table, row_column
from grading.evidence.evidence import Evidence
from grading.evidence.tables import finite
from grading.lessons.m9_02.candidates import LEAST_FOLDS, said
from grading.lessons.m9_02.searches import Search

SPLITS_NAMES = ("splits_sha256", "cv_splits_sha256", "folds_sha256", "cv_splits", "splits_hash", "cv_sha256", "splits")


def split_tables(evidence: Evidence) -> dict[str, Path]:
    """The files of the runs that may hold the splits, by the sha256 of their bytes (and with Unix line ends)."""
    found: dict[str, Path] = {}
    for run in evidence.runs:
        for path in run.artifacts.paths():
            if path.lower().endswith((".csv", ".json")) and re.search(r"split|fold", path.rpartition("/")[2], re.I):
                try:
                    file = run.artifacts.local(path)
                except Outcome:
                    continue
                content = file.read_bytes()
                for shape in (content, content.replace(b"\r\n", b"\n")):
                    found.setdefault(hashlib.sha256(shape).hexdigest(), file)
    return found


def require_splits(evidence: Evidence, found: Search) -> dict[object, int]:
    """The fold of each row; raises Unmet unless all candidates name the same splits and the file of them is kept."""
    tables = split_tables(evidence)
    named: dict[str, str] = {}
    for candidate in found.candidates:
        hash_ = (said(candidate.run, SPLITS_NAMES) or said(found.run, SPLITS_NAMES)).lower()
        if not hash_:
            raise Unmet(f"a tag splits_sha256 on {candidate.run.name!r} or its parent", "none",
                        "the sha256 of the table of folds: only equal splits can be compared")  # fmt: skip
        named.setdefault(hash_, candidate.run.name)
    if len(named) > 1:
        shown = [f"{name}: {hash_[:12]}…" for hash_, name in named.items()]
        raise Unmet("the same splits for every candidate", shown, "make the folds once, before the search")
    hash_ = next(iter(named))
    if hash_ not in tables:
        found_hashes = [f"{file.name} has {digest[:12]}…" for digest, file in tables.items()]
        raise Unmet(f"a table of the splits with the sha256 of the tag splits_sha256, {hash_[:12]}…",
                    found_hashes or "no cv_splits.csv",
                    'mlflow.log_text(folds.to_csv(), "cv_splits.csv"): hash the same text')  # fmt: skip
    return read_splits(tables[hash_])


def read_splits(file: Path) -> dict[object, int]:
    """The fold that holds each row out; raises Unmet for a file that does not say it."""
    table = read_table(file)
    row = row_column(table) or (str(table.columns[0]) if str(table.columns[0]).startswith("Unnamed") else None)
    fold = next(
        (name for name in table.columns if re.fullmatch(r"(cv_|test_|val_)?(fold|split)s?", str(name), re.I)), None
    )
    if row is None or fold is None:
        raise Unmet(f"columns row and fold in {file.name}", list(table.columns), "one line for each training row")
    rows, folds = table[row].tolist(), table[fold].tolist()
    if len(set(rows)) != len(rows):
        raise Unmet(
            f"each row once in {file.name}", f"{len(rows) - len(set(rows))} twice", "the fold that holds it out"
        )
    numbers = {value: place for place, value in enumerate(sorted(set(map(str, folds)), key=_in_order))}
    if len(numbers) < LEAST_FOLDS:
        raise Unmet(f"at least two folds in {file.name}", f"{len(numbers)}", "the fold that holds each row out")
    return {value: numbers[str(each)] for value, each in zip(rows, folds, strict=True)}


def _in_order(fold: str) -> tuple[bool, float, str]:
    """By which folds are sorted: 2 before 10, and numbers before texts."""
    number = finite(fold)
    return number is None, number or 0, fold
