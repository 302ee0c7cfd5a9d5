"""Write the four course data files from the copies that scikit-learn ships, byte for byte the same every time.

Usage: python data/make_data.py [FOLDER]    (default: the folder of this file)
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes

FIRST_EXTRACT_SHARE = 0.7  # v1 is what the clinic had exported by the first extract; v2 is everything
EXTRACT_SEED = 2026  # which patients were in the first extract

DIABETES_NAMES = {
    "s1": "total_cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "glucose",
    "bp": "blood_pressure",
}


def breast_cancer() -> pd.DataFrame:
    """569 tumours: 30 measurements of cell nuclei and `malignant` (1 yes, 0 no; the reverse of scikit-learn)."""
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.data.rename(columns=lambda name: name.replace(" ", "_"))
    return frame.assign(malignant=1 - bunch.target)


def diabetes() -> pd.DataFrame:
    """442 patients: 10 baseline measurements in their own units and `progression` one year later."""
    bunch = load_diabetes(as_frame=True, scaled=False)
    return bunch.data.rename(columns=DIABETES_NAMES).assign(progression=bunch.target)


def first_extract(frame: pd.DataFrame) -> pd.DataFrame:
    """About 70 % of the rows, drawn with a fixed seed, in their own order and with their own `row` ids."""
    rng = np.random.default_rng(EXTRACT_SEED)
    chosen = rng.permutation(len(frame))[: round(FIRST_EXTRACT_SHARE * len(frame))]
    return frame.loc[sorted(chosen)]


def main(folder: Path) -> None:
    """Write `{name}_v1.csv` and `{name}_v2.csv` for both data sets into the folder."""
    for name, frame in {"breast_cancer": breast_cancer(), "diabetes": diabetes()}.items():
        for version, rows in {"v1": first_extract(frame), "v2": frame}.items():
            path = folder / f"{name}_{version}.csv"
            rows.to_csv(path, index_label="row", lineterminator="\n")
            print(f"{path.name}: {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
