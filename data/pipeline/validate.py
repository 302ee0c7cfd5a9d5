"""VALIDATE: hold a data file to its rules before anything is learnt from it.

Usage: python validate.py FILE.csv    writes build/validation.json, or names row, column and rule of what it refuses.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

REPORT = Path("build/validation.json")
MOST_SHOWN = 10  # broken rules printed one by one
LABEL = "malignant"
# The largest plausible value of each measurement, about twice the largest that was ever seen: a slip of the comma is
# found, an unusual patient is not refused.
LARGEST = {
    "radius": 75, "texture": 100, "perimeter": 500, "area": 9000, "smoothness": 0.5, "compactness": 2.5,
    "concavity": 2.5, "concave_points": 0.6, "symmetry": 1.5, "fractal_dimension": 0.5,
}  # fmt: skip
GIVES_AWAY = 0.99  # correlation with the label; the best honest measurement reaches 0.79
IN_WORDS = {
    "column_in_dataframe": "this column",
    "column_in_schema": "no other column",
    "not_nullable": "a value",
    "field_uniqueness": "each row id once",
    "multiple_fields_uniqueness": "each tumour once: another row has the same measurements",
    "dtype('float64')": "a number",
    "dtype('int64')": "a whole number",
}


def measurement(limit: float) -> pa.Column:
    """A column of finite numbers from 0 to the limit, without gaps."""
    return pa.Column(float, pa.Check.in_range(0, limit, error=f"a number from 0 to {limit}"))


def schema() -> pa.DataFrameSchema:
    """The rules of the breast-cancer files: columns, types, ranges, no tumour twice."""
    columns = {
        name: measurement(limit)
        for kind, limit in LARGEST.items()
        for name in (f"mean_{kind}", f"{kind}_error", f"worst_{kind}")
    }
    worst_is_largest = [
        pa.Check(
            lambda frame, kind=kind: ~(frame[f"mean_{kind}"] > frame[f"worst_{kind}"]),  # a gap is another rule's
            error=f"mean_{kind} of at most worst_{kind}",
        )
        for kind in LARGEST
    ]
    label = pa.Column(int, pa.Check.isin([0, 1], error="0 or 1"))
    return pa.DataFrameSchema(
        {"row": pa.Column(int, pa.Check.ge(0, error="a row id of 0 or more"), unique=True), **columns, LABEL: label},
        checks=[*worst_is_largest, pa.Check(both_classes, error="tumours of both kinds")],
        unique=list(columns),
        strict=True,
    )


def both_classes(frame: pd.DataFrame) -> bool:
    """Whether there is something to tell apart."""
    return frame[LABEL].nunique() > 1


def broken_rules(frame: pd.DataFrame) -> Iterator[str]:
    """Each broken rule as a sentence that names row, column and rule."""
    frame, texts = without_texts(frame)
    yield from texts
    try:
        schema().validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.astype({"column": object, "failure_case": object})
        whole_rows = (cases["schema_context"] == "DataFrameSchema") & cases["index"].notna()
        cases.loc[whole_rows, ["column", "failure_case"]] = None  # pandera repeats such a rule for every column
        for case in cases.drop_duplicates(["column", "check", "index", "failure_case"]).itertuples():
            if "Error(" not in str(case.failure_case):  # a rule that could not be asked: another says why
                yield sentence(case, frame)
        return
    correlations = frame.drop(columns=["row", LABEL]).corrwith(frame[LABEL]).abs()
    for name in correlations.index[correlations > GIVES_AWAY]:
        found = f"the label in disguise (correlation {correlations[name]:.3f})"
        yield f"column {name}: expected a measurement; found {found}"


def without_texts(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows whose cells are all numbers, and a sentence for each cell that is none.

    One text makes pandas read the whole column as text, and every row of it would break a rule.
    """
    said, numbers = [], frame.apply(pd.to_numeric, errors="coerce")
    wrong = numbers.isna() & frame.notna()
    for place, name in zip(*np.nonzero(wrong.to_numpy()), strict=True):
        where = f"row {shown_row(frame, place)} (line {place + 2}), column {frame.columns[name]}"
        said.append(f"{where}: expected a number; found {frame.iat[place, name]!r}")
    return (frame[~wrong.any(axis=1)].apply(pd.to_numeric) if said else frame), said


def shown_row(frame: pd.DataFrame, place: int) -> str:
    """The id of the row at a place, or a question mark."""
    row = frame["row"].iloc[place] if "row" in frame else None
    return "?" if row is None or pd.isna(row) else f"{row:g}" if isinstance(row, float) else str(row)


def sentence(case, frame: pd.DataFrame) -> str:
    """One failure case in words."""
    expected = IN_WORDS.get(case.check, case.check)
    if case.check in ("column_in_dataframe", "column_in_schema"):
        missing = case.check == "column_in_dataframe"
        return (
            f"column {case.failure_case}: expected {expected}; found {'none' if missing else 'one that no rule knows'}"
        )
    where = [] if pd.isna(case.column) else [f"column {case.column}"]
    if not pd.isna(case.index):
        place = int(case.index)
        where.insert(0, f"row {shown_row(frame, frame.index.get_loc(place))} (line {place + 2})")
    if len(where) == 1 and not pd.isna(case.index):  # a rule of the whole row, which names its columns itself
        return f"{where[0]}: expected {expected}"
    found = "nothing" if pd.isna(case.failure_case) else repr(case.failure_case)
    return f"{', '.join(where) or 'the table'}: expected {expected}; found {found}"


def read(file: Path) -> pd.DataFrame:
    """The file as a table; exits with a sentence when it is not one."""
    try:
        frame = pd.read_csv(file)
    except FileNotFoundError:
        sys.exit(f"✗ expected a data file at {file}; found none. data.version in params.yaml names it: v1 or v2")
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        sys.exit(f"✗ expected {file.name} as a CSV table; found: {str(error).splitlines()[0]}")
    if len(frame.columns) == 1:
        sys.exit(
            f"✗ expected columns with commas between them in {file.name}; found one column, {frame.columns[0][:60]!r}"
        )
    if frame.empty:
        sys.exit(f"✗ expected patients in {file.name}; found a header and no rows")
    return frame


def main(file: Path) -> None:
    """Validate one file; write what was found, or exit 1 with every broken rule in words."""
    frame = read(file)
    broken = list(broken_rules(frame))
    if broken:
        shown = "\n".join(f"  {rule}" for rule in broken[:MOST_SHOWN])
        more = f"\n  … and {len(broken) - MOST_SHOWN} more" if len(broken) > MOST_SHOWN else ""
        reasons = "one reason" if len(broken) == 1 else f"{len(broken)} reasons"
        sys.exit(f"✗ {file.name} is refused, for {reasons}:\n{shown}{more}")
    report = {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "rows": len(frame),
        "columns": len(frame.columns),
        "malignant": int(frame[LABEL].sum()),
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"{file.name}: {report['rows']} rows, {report['malignant']} malignant; every rule holds")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
