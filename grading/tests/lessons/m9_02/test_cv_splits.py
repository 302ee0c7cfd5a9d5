from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.lessons.m9_02.cv_splits import read_splits


def _read(folder: Path, text: str) -> dict[object, int]:
    (folder / "cv_splits.csv").write_text(text)
    return read_splits(folder / "cv_splits.csv")


@pytest.mark.parametrize("heading", ["row,fold", "row_id,cv_fold", "index,split", ",fold"])
def test_rows_and_folds_are_found_by_their_names(tmp_path: Path, heading: str) -> None:
    assert _read(tmp_path, f"{heading}\n7,1\n9,2\n") == {7: 0, 9: 1}


@pytest.mark.parametrize("text", ["row,fold\n1,0\n1,1\n", "row,fold\n1,0\n2,0\n", "row,value\n1,2\n", "", "a\n"])
def test_a_table_that_does_not_say_which_fold_is_unmet(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unmet):
        _read(tmp_path, text)


def test_the_tenth_fold_comes_after_the_ninth(tmp_path: Path) -> None:
    lines = "".join(f"{row},{1 + row % 10}\n" for row in range(20))
    assert _read(tmp_path, f"row,fold\n{lines}")[9] == 9
