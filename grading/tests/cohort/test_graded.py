"""Results on disk: whole, versioned, and known by what their mark depends on."""

from pathlib import Path

import grimp
import pytest

from grading.assessment import grader_hash
from grading.cohort.graded import Graded, key_of, read_graded
from grading.files import PACKAGE

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
    monkeypatch.setattr(grader_hash, "PACKAGE", tmp_path)
    keys = []

    def write(place: str, text: str) -> None:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text)

    def note(sha256: str = "s", lesson: str = "M9_01", timeout: float = 300, *, thorough: bool = False) -> str:
        grader_hash.grader_sha256.cache_clear()
        keys.append(key_of(sha256, lesson, timeout, thorough=thorough))
        return keys[-1]

    note()
    note(sha256="t")
    note(lesson="M9_02")
    note(timeout=10)
    note(thorough=True)
    write("marking/check.py", "1")
    own = note()
    write("marking/check.py", "2")
    note()
    assert len(set(keys)) == 7
    write("marking/check.py", "1")
    for room in grader_hash.NOT_MARKING:
        write(f"{room}/shown.py", "1")
        assert note() == own, room
    grader_hash.grader_sha256.cache_clear()


def test_what_decides_a_mark_lies_in_the_rooms_that_the_key_counts() -> None:
    """Of the other rooms it uses what a page shows beside the marks, and nothing else."""
    graph = grimp.build_graph("grading", cache_dir=None)
    used = graph.find_upstream_modules("grading.assessment.submitted")
    uncounted = {name for name in used if name.split(".")[1:2] and name.split(".")[1] in grader_hash.NOT_MARKING}
    assert {name.split(".")[1] for name in uncounted} <= {"reports"}


def test_every_room_is_counted_or_there() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert rooms >= grader_hash.NOT_MARKING, "a room that NOT_MARKING names is gone"
