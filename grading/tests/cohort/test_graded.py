"""Results on disk: whole, versioned, and known by what their mark depends on."""

from pathlib import Path

import pytest

from grading import graded
from grading.graded import Graded, key_of, read_graded

ONE = Graded(
    key="k", student="Ada", slug="ada", lesson="M9_01", origin="x", sha256="s", scorecard=None, seconds=1, graded_at="t"
)


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(ONE.model_dump_json())
    assert read_graded(tmp_path / "r.json") == ONE
    assert read_graded(tmp_path / "none.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', ONE.model_dump_json()[:-9], "\x00\ud7ff"])
def test_a_damaged_result_is_said_in_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        read_graded(tmp_path / "r.json")


def test_the_key_follows_from_all_that_a_mark_depends_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graded, "OWN", tmp_path)
    (tmp_path / "tests").mkdir()
    keys = []

    def note(sha256: str = "s", lesson: str = "M9_01", timeout: float = 300) -> str:
        graded.grader_sha256.cache_clear()
        keys.append(key_of(sha256, lesson, timeout))
        return keys[-1]

    note()
    note(sha256="t")
    note(lesson="M9_02")
    note(timeout=10)
    (tmp_path / "check.py").write_text("1")
    own = note()
    (tmp_path / "check.py").write_text("2")
    note()
    assert len(set(keys)) == 6
    (tmp_path / "check.py").write_text("1")
    (tmp_path / "tests" / "test_it.py").write_text("1")
    assert note() == own
    graded.grader_sha256.cache_clear()
