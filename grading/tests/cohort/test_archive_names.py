"""Names in zip archives: in whatever code page they were written, students keep their names and stay as many."""

import struct
import zlib
from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.errors import InputError
from grading.tests.cohort.class_files import NAMES, ONE, TWO, Files, lay, notebook, packed, packed_in

CLASSES = {
    "big5": ("許功蓋", "許淑芬", "林志豪", "黃雅婷", "張家豪"),
    "shift_jis": ("表参道", "ソフィア", "山田太郎", "佐藤花子", "渡辺能"),
    "gbk": ("许功", "张伟", "王芳", "李娜", "刘洋"),
    "euc_kr": ("김민지", "박서준", "이지은"),
    "cp852": ("Żółć", "Łukasz Żak", "Kovács", "Dvořák", "Świątek"),
    "cp850": ("José", "Müller", "François"),
    "cp866": ("Иван", "Мария", "Сергей"),
    "cp437": ("José", "Müller", "Zoë"),
    "utf-8": NAMES,
}


def in_folders(names: tuple[str, ...]) -> Files:
    return {f"{name}/{ONE}": notebook(name) for name in names}


@pytest.mark.parametrize("encoding", CLASSES)
@pytest.mark.parametrize("form", ["folders", "files"])
def test_a_class_keeps_its_names_in_every_code_page(tmp_path: Path, encoding: str, form: str) -> None:
    names = CLASSES[encoding]
    files = in_folders(names) if form == "folders" else {f"{name}_{ONE}": notebook(name) for name in names}
    (tmp_path / "class.zip").write_bytes(packed_in(encoding, files))
    found = find_submissions(tmp_path / "class.zip")
    assert found.students == tuple(sorted(names))
    assert [one.notebook for one in found.submissions] == [notebook(name) for name in found.students]


def test_three_students_with_half_a_character_like_a_backslash_do_not_become_one(tmp_path: Path) -> None:
    names = ("許", "許志明", "許許")
    assert all(b"\\" in name.encode("big5") for name in names)
    (tmp_path / "class.zip").write_bytes(packed_in("big5", in_folders(names)))
    assert find_submissions(tmp_path / "class.zip").students == names


def test_a_code_page_that_was_guessed_is_said_once_for_all_archives(tmp_path: Path) -> None:
    for lesson in (ONE, TWO):
        files = {f"{name}/{lesson}": b"{}" for name in CLASSES["big5"]}
        lay(tmp_path, {f"{lesson[:5]}.zip": packed_in("big5", files)})
    (problem,) = find_submissions(tmp_path).problems
    assert problem == (
        "the names in M9_01.zip are read as cp950 (Chinese, Big5), such as 許功蓋; so are those of 1 more. "
        "When they look wrong, say --encoding"
    )


def test_backslashes_of_old_windows_tools_still_part_folders(tmp_path: Path) -> None:
    files = {f"{name}\\{ONE}": notebook(name) for name in CLASSES["cp852"]}
    (tmp_path / "class.zip").write_bytes(packed_in("cp852", files))
    assert find_submissions(tmp_path / "class.zip").students == tuple(sorted(CLASSES["cp852"]))


def test_an_encoding_that_is_said_wins_over_the_guess_and_an_entrys_flag_over_both(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(packed_in("gbk", in_folders(("莫",))))  # valid UTF-8 by chance
    assert find_submissions(tmp_path / "class.zip").students != ("莫",)
    found = find_submissions(tmp_path / "class.zip", encoding="gbk")
    assert (found.students, found.problems) == (("莫",), ())
    (tmp_path / "flagged.zip").write_bytes(packed(in_folders(NAMES)))
    assert find_submissions(tmp_path / "flagged.zip", encoding="gbk").students == tuple(sorted(NAMES))


def test_a_name_in_utf8_beside_the_other_one_is_taken(tmp_path: Path) -> None:
    name, checksum = f"莫言/{ONE}".encode(), zlib.crc32(f"莫/{ONE}".encode("gbk"))
    extra = struct.pack("<HHBL", 0x7075, 5 + len(name), 1, checksum) + name
    (tmp_path / "class.zip").write_bytes(packed_in("gbk", {f"莫/{ONE}": b"{}"}, extra))
    assert find_submissions(tmp_path / "class.zip", encoding="big5").students == ("莫言",)


def test_bytes_that_the_said_encoding_has_not_keep_students_apart(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(packed_in("cp850", in_folders(("José", "Josè"))))
    assert len(find_submissions(tmp_path / "class.zip", encoding="ascii").students) == 2


@pytest.mark.parametrize("said", ["klingon", "utf-16", "base64", "a\0b"])
def test_what_is_no_encoding_of_names_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(InputError, match="expected --encoding auto, or one such as big5"):
        find_submissions(tmp_path, encoding=said)


@pytest.mark.parametrize("name", ["│ñÕ", "KovÃ¡cs", "Ko\ufffdcs"])
def test_a_name_that_was_garbled_before_is_pointed_out(tmp_path: Path, name: str) -> None:
    lay(tmp_path, {f"{name}/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    (problem,) = find_submissions(tmp_path).problems
    assert problem.startswith(f"{name} looks garbled: grade the zip archive as it was downloaded")
