"""A lineage file is read in any of its shapes, and what is none is refused in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from grading.errors import Unmet
from grading.lessons.m9_03.lineage import _said, read_lineage

ENTRY = {"version": 1, "run_id": "r", "data_md5": "m"}


def _file(folder: Path, content: Any) -> Path:
    file = folder / "lineage.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


@pytest.mark.parametrize(
    "content",
    [
        [ENTRY],
        ENTRY,
        {"versions": [ENTRY]},
        {"1": {"run_id": "r", "data_md5": "m"}},
        {"v1": {"run": "r", "data": {"md5": "m"}}},
        {"1": ENTRY},
        [{"model_version": "1", "run_id": "r", "dvc_md5": "m"}],
    ],
)
def test_the_links_are_found_in_every_shape(tmp_path: Path, content: Any) -> None:
    (entry,) = read_lineage(_file(tmp_path, content))
    assert _said(entry, "version") in ("1", "v1")
    assert (_said(entry, "run_id"), _said(entry, "data_md5")) == ("r", "m")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", "[1]", '"text"', "[" * 100_000, "null", "[" + "{}," * 300 + "{}]", " " * 300_000]
)
def test_what_is_no_lineage_is_unmet(tmp_path: Path, content: str) -> None:
    file = _file(tmp_path, content)
    with pytest.raises(Unmet):
        _said(read_lineage(file)[0], "version")


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, True, 1.5])
def test_a_link_is_a_text_or_a_whole_number(value: Any) -> None:
    with pytest.raises(Unmet, match="run_id"):
        _said({"version": 1, "run_id": value}, "run_id")
