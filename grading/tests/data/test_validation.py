"""Data that break a rule are refused, with row, column and rule."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from grading.files import ROOT
from grading.tests.data.course import run_stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]


def _at(frame: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    """The data with another value for patient 7."""
    return frame.assign(**{column: frame[column].astype(object).where(frame["row"] != 7, value)})


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a missing column": lambda frame: frame.drop(columns="mean_area"),
    "an unknown column": lambda frame: frame.assign(diagnosis=frame["malignant"]),
    "text for a number": lambda frame: _at(frame, "mean_radius", "large"),
    "a label in words": lambda frame: _at(frame, "malignant", "yes"),
    "a gap": lambda frame: _at(frame, "mean_radius", None),
    "a slip of the comma": lambda frame: _at(frame, "mean_radius", 1371.0),
    "a third label": lambda frame: _at(frame, "malignant", 2),
    "a row id twice": lambda frame: frame.assign(row=frame["row"].replace(7, 8)),
    "a tumour twice": lambda frame: pd.concat([frame, frame[frame["row"] == 7].assign(row=9999)]),
    "the label in disguise": lambda frame: frame.assign(
        mean_symmetry=frame["malignant"] * 0.04 + 0.05, worst_symmetry=frame["worst_symmetry"] + 0.1
    ),
    "one class": lambda frame: frame[frame["malignant"] == 1],
    "a mean above the worst": lambda frame: _at(frame, "worst_area", 1.0),
    "no rows": lambda frame: frame.head(0),
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a missing column", r"column mean_area: expected this column; found none"),
        ("an unknown column", r"column diagnosis: expected no other column; found one that no rule knows"),
        (
            "text for a number",
            r"for one reason:\n  row 7 \(line 9\), column mean_radius: expected a number; found 'large'",
        ),
        ("a label in words", r"for one reason:\n  row 7 \(line 9\), column malignant: expected a number; found 'yes'"),
        ("a gap", r"row 7 \(line 9\), column mean_radius: expected a value; found nothing"),
        ("a slip of the comma", r"row 7 \(line 9\), column mean_radius: expected a number from 0 to 75; found 1371"),
        ("a third label", r"row 7 \(line 9\), column malignant: expected 0 or 1; found 2"),
        ("a row id twice", r"row 8 \(line 9\), column row: expected each row id once; found 8"),
        ("a tumour twice", r"row 9999 \(line 571\): expected each tumour once"),
        ("the label in disguise", r"column mean_symmetry: expected a measurement; found the label in disguise"),
        ("one class", r"the table: expected tumours of both kinds"),
        ("a mean above the worst", r"row 7 \(line 9\): expected mean_area of at most worst_area"),
        ("no rows", r"expected patients in data\.csv; found a header and no rows"),
    ],
)
def test_data_that_break_a_rule_are_refused_by_row_column_and_rule(tmp_path: Path, name: str, said: str) -> None:
    spoilt = SPOILT[name](pd.read_csv(ROOT / "data" / "breast_cancer_v2.csv"))
    spoilt.to_csv(tmp_path / "data.csv", index=False)
    done = run_stage("validate.py", tmp_path, "data.csv")
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found: No columns"),
        (b"\xff\xfe\x00", "as a CSV table"),
        (b"row;malignant\n1;0\n", "expected columns with commas between them"),
        (None, "expected a data file at data.csv; found none"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "data.csv").write_bytes(content)
    done = run_stage("validate.py", tmp_path, "data.csv")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
