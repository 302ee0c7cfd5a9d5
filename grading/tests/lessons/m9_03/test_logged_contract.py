"""A contract that a student logged is read without trust, and one that limits nothing is none."""

from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.lessons.m9_03.logged_contract import read_contract

GOOD = 'name: ward\nextends: regression\nthresholds: {rmse: "<= 60"}\n'


def _contract(folder: Path, text: str) -> Path:
    file = folder / "contract.yaml"
    file.write_text(text)
    return file


def test_a_contract_that_extends_ours_keeps_its_limits(tmp_path: Path) -> None:
    rules = read_contract(_contract(tmp_path, GOOD))
    assert dict(rules.thresholds) == {"rmse": "<= 60"}
    assert "residuals" in rules.artifacts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list\n",
        "name: [\n",
        "name: x\n",
        "name: x\nextends: regression\n",
        'name: x\nextends: ../../secret\nthresholds: {rmse: "<= 60"}\n',
        'name: x\nextends: nobody\nthresholds: {rmse: "<= 60"}\n',
        'name: regression\nextends: regression\nthresholds: {rmse: "<= 60"}\n',
        'name: x\nextends: regression\nthresholds: {rmse: "about 60"}\n',
        'name: x\nextends: regression\nthresholds: {beauty: "> 1"}\n',
        'name: &a x\ntitle: *a\nextends: regression\nthresholds: {rmse: "<= 60"}\n',
        pytest.param("name: " + "[" * 4000, id="nested too deep", marks=pytest.mark.exhaustive),
        pytest.param("x" * 30_000, id="one long word"),
        "\0",
    ],
)
def test_what_the_gate_could_not_read_is_unmet(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unmet):
        read_contract(_contract(tmp_path, text))
