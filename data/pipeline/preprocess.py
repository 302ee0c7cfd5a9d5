"""PREPROCESS: choose the columns and split the patients, once and for all, into training and test.

Usage: python preprocess.py FILE.csv    writes build/train.csv, build/test.csv and build/preprocessing.json.
Nothing is fitted here: what is learnt from data (the scaling, say) belongs in the model, which sees training rows only.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from params import Params, read_params

BUILD = Path("build")


def is_test(row: int, seed: int, share: float) -> bool:
    """Whether a patient is a test patient: decided by a hash of the row id.

    A patient stays on the same side in every version of the data, so a model trained on v2 has never seen a test
    patient of v1, and versions can be compared. A random draw would shuffle the sides with each new extract.
    """
    digest = hashlib.sha256(f"{seed}:{row}".encode()).hexdigest()
    return int(digest[:12], 16) / 16**12 < share


def split(frame: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows without the columns to drop; exits when a column is not there or a side would be empty."""
    drop = list(params.features.drop)
    if unknown := [name for name in drop if name not in frame.columns or name in ("row", "malignant")]:
        sys.exit(f"✗ features.drop in params.yaml: expected measurements of the data; found {', '.join(unknown)}")
    share = params.split.test_share
    held_out = frame["row"].map(lambda row: is_test(row, params.seed, share))
    kept = frame.drop(columns=drop)
    train, test = kept[~held_out], kept[held_out]
    for name, side in (("training", train), ("test", test)):
        if side["malignant"].nunique() < 2:
            expected = f"tumours of both kinds among the {name} rows"
            sys.exit(f"✗ split.test_share {share}: expected {expected}; found {len(side)} rows")
    return train, test


def main(file: Path) -> None:
    """Write the two sides, and in words what was done."""
    params = read_params()
    frame = pd.read_csv(file)
    train, test = split(frame, params)
    drop = params.features.drop
    steps = [
        f"{len(frame)} rows of {file.name}, validated before: no gaps, no tumour twice.",
        f"Left out: {', '.join(drop)}." if drop else f"All {len(train.columns) - 2} measurements kept.",
        f"Split by a hash of the row id with seed {params.seed}: {len(train)} training and {len(test)} test rows.",
        "Scaled to mean 0 and standard deviation 1 inside the model, from training rows only.",
    ]
    BUILD.mkdir(exist_ok=True)
    train.to_csv(BUILD / "train.csv", index=False, lineterminator="\n")
    test.to_csv(BUILD / "test.csv", index=False, lineterminator="\n")
    (BUILD / "preprocessing.json").write_text(json.dumps(steps, indent=2) + "\n", encoding="utf-8")
    print(f"{len(train)} training rows, {len(test)} test rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
