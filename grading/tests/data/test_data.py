import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from grading.errors import Unmet
from grading.evidence.data_files import DATA, DataFiles

FILES = sorted(DATA.glob("*.csv"))


def test_make_data_reproduces_the_files_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(DATA / "make_data.py"), str(tmp_path)], check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in FILES
    }


def test_the_data_card_has_rows_columns_and_sha256_of_every_file() -> None:
    card = re.findall(r"\| `(\S+\.csv)` \| (\d+) \| (\d+) \| `([0-9a-f]{64})` \|", (DATA / "README.md").read_text())
    frames = {path.name: pd.read_csv(path) for path in FILES}
    assert card == [
        (path.name, str(len(frames[path.name])), str(frames[path.name].shape[1]), sha256(path.read_bytes()).hexdigest())
        for path in FILES
    ]


@pytest.mark.parametrize("name", ["breast_cancer", "diabetes"])
def test_the_first_extract_is_a_part_of_the_second(name: str) -> None:
    first, second = (pd.read_csv(DATA / f"{name}_{v}.csv", index_col="row") for v in ("v1", "v2"))
    pd.testing.assert_frame_equal(first, second.loc[first.index])
    assert 0.65 < len(first) / len(second) < 0.75


def test_a_source_is_found_by_its_name_in_our_folders_only(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.csv").write_text("row,a\n1,2\n")
    (tmp_path / "secret.csv").write_text("row,a\n1,2\n")
    files = DataFiles((DATA, tmp_path / "mine"))
    assert files.find("/some/where/else/diabetes_v1.csv") == (DATA / "diabetes_v1.csv").resolve()
    assert files.find((tmp_path / "mine" / "own.csv").as_uri()).name == "own.csv"
    for outside in (str(tmp_path / "secret.csv"), "../secret.csv", "", "x" * 5000, "a\0b"):
        with pytest.raises(Unmet, match="names a data file"):
            files.find(outside)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "secret.csv").write_text("row,a\n1,2\n")
    (tmp_path / "mine" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Unmet):
        DataFiles((tmp_path / "mine",)).find("link.csv")


def test_a_large_data_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(Unmet, match="1,000 MB"):
        DataFiles((tmp_path,)).find("big.csv")
