import json
from pathlib import Path
from typing import Any

import optuna
import pytest

from grading.errors import Unmet
from grading.lessons.m9_02.search_space import Dimension, read_space


def _space(folder: Path, content: Any) -> tuple[Dimension, ...]:
    file = folder / "search_space.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return read_space(file)


DISTRIBUTION = optuna.distributions.distribution_to_json(optuna.distributions.FloatDistribution(0.01, 100, log=True))


@pytest.mark.parametrize(
    "content",
    [
        {"alpha": {"type": "float", "low": 0.01, "high": 100, "log": True}},
        {"alpha": {"min": 0.01, "max": 100, "scale": "log"}},
        {"alpha": {"range": [0.01, 100], "distribution": "loguniform"}},
        {"alpha": {"low": 0.01, "high": 100, "type": "log-uniform"}},
        {"alpha": {"lower": 0.01, "upper": 100, "prior": "log_uniform"}},
        {"alpha": {"low": 0.01, "high": 100, "log_scale": True, "why": "a factor matters"}},
        [{"name": "alpha", "low": 0.01, "high": 100, "log": True}],
        {"space": {"alpha": {"low": 0.01, "high": 100, "log": True}}, "seed": 42},
        {"alpha": DISTRIBUTION},
        {"alpha": json.loads(DISTRIBUTION)},
    ],
)
def test_a_range_on_a_log_scale_is_understood_however_it_is_written(tmp_path: Path, content: Any) -> None:
    (dimension,) = _space(tmp_path, content)
    assert (dimension.name, dimension.low, dimension.high, dimension.log) == ("alpha", 0.01, 100, True)


@pytest.mark.parametrize("about", [{"low": 0, "high": 1}, {"low": 0, "high": 1, "log": False}, {"range": [0, 1]}])
def test_a_range_is_linear_unless_it_says_otherwise(tmp_path: Path, about: dict[str, Any]) -> None:
    assert not _space(tmp_path, {"ratio": about})[0].log


@pytest.mark.parametrize("about", [{"choices": [None, "balanced"]}, [None, "balanced"], {"values": [None, "balanced"]}])
def test_choices_hold_what_they_name(tmp_path: Path, about: Any) -> None:
    (dimension,) = _space(tmp_path, {"class_weight": about})
    assert dimension.holds("None")
    assert dimension.holds("balanced")
    assert not dimension.holds("0.5")


def test_a_range_holds_its_ends_and_nothing_outside(tmp_path: Path) -> None:
    (dimension,) = _space(tmp_path, {"degree": {"type": "int", "low": 1, "high": 3}})
    assert [text for text in ("0", "1", "2.0", "2.5", "3", "4", "nan", "two") if dimension.holds(text)] == [
        "1",
        "2.0",
        "3",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "alpha from 0.01 to 100",
        "{}",
        "[1, 2, 3]",
        '{"alpha": {"low": 0.01}}',
        '{"alpha": {"low": 1, "high": 0}}',
        '{"alpha": {"low": 0, "high": Infinity}}',
        '{"alpha": {"low": NaN, "high": 1}}',
        '{"alpha": {"low": true, "high": 5}}',
        '{"alpha": {"low": "a", "high": "b"}}',
        '{"alpha": {"choices": []}}',
        '{"alpha": 3}',
        '{"alpha": "0.01 to 100"}',
        "[" * 100_000,
        '[{"low": 1, "high": 2}]',
        "x" * 300_000,
    ],
)
def test_what_is_no_space_is_unmet(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unmet):
        _space(tmp_path, content)
