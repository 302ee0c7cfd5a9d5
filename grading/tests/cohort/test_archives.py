"""Zip archives: what may be read is read, each hazard is refused by name, and nothing reaches the disk."""

import contextlib
import io
import random
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from grading.cohort import archives
from grading.cohort.archives import Archive, Budget
from grading.errors import ArchiveError


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that is there twice, and writes it
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def opened(content: bytes) -> Archive:
    return Archive(io.BytesIO(content))


def refusals(content: bytes) -> dict[str, str]:
    return {"/".join(member.parts): member.refusal for member in opened(content).members}


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_an_ordinary_archive_is_read() -> None:
    archive = opened(zipped(("kim/", b""), ("kim/a.ipynb", b"{}"), ("b.csv", b"x\n1\n")))
    assert [(member.parts, member.is_folder, member.refusal) for member in archive.members] == [
        (("kim",), True, ""), (("kim", "a.ipynb"), False, ""), (("b.csv",), False, ""),
    ]  # fmt: skip
    assert [archive.read(member) for member in archive.members[1:]] == [b"{}", b"x\n1\n"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/cron.d/evil.ipynb", "leads out of the archive"),
        ("kim/../../evil.ipynb", "leads out of the archive"),
        ("..\\..\\evil.ipynb", "leads out of the archive"),
        ("/etc/evil.ipynb", "path is absolute"),
        ("C:/evil.ipynb", "path is absolute"),
        ("C:\\evil.ipynb", "path is absolute"),
        ("\\\\host\\share\\evil.ipynb", "path is absolute"),
        ("evil\x07.ipynb", "control characters"),
        ("evil.ipynb\x00.txt", "control characters"),
        ("evil\n.ipynb", "control characters"),
        ("a/" * 31 + "evil.ipynb", "path is too long"),
        ("é" * 130 + ".ipynb", "path is too long"),
    ],
)
def test_a_path_that_is_not_safe_is_refused_and_the_others_are_read(name: str, reason: str) -> None:
    evil = zipfile.ZipInfo("x")
    evil.filename = evil.orig_filename = name
    content = zipped((evil, b"{}"), ("good.ipynb", b"{}"))
    found = refusals(content)
    assert found.pop("good.ipynb") == ""
    (refusal,) = found.values()
    assert reason in refusal
    archive = opened(content)
    with pytest.raises(ArchiveError, match=reason):
        archive.read(archive.members[0])


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, "symbolic link"),
        (stat.S_IFIFO | 0o600, "device or a pipe"),
        (stat.S_IFCHR | 0o600, "device or a pipe"),
        (stat.S_IFREG | 0o4755, ""),
    ],
)
def test_links_and_devices_are_refused(mode: int, reason: str) -> None:
    (refusal,) = refusals(zipped((special("a.ipynb", mode), b"/etc/passwd"))).values()
    assert reason in refusal
    assert bool(refusal) is bool(reason)


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(zipped(("a.ipynb", b"{}")))
    content[6] |= 1  # the flags of the local header, and of the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusals(bytes(content)) == {"a.ipynb": "it is encrypted"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_bound_are_refused(method: int) -> None:
    (refusal,) = refusals(zipped(("a.ipynb", b"{}"), method=method)).values()
    assert "unusual method" in refusal


def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked() -> None:
    archive = opened(zipped(("a.ipynb", bytes(5_000_000)), ("b.ipynb", b"{}")))
    assert "200 times its size" in archive.members[0].refusal
    assert archive.read(archive.members[1]) == b"{}"
    assert archive.budget.left == Budget().left - 2


def test_a_small_file_may_pack_well() -> None:
    assert refusals(zipped(("a.csv", b"0\n" * 400_000))) == {"a.csv": ""}


def test_a_member_that_is_too_large_is_refused_as_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_MEMBER", 1_000)
    (refusal,) = refusals(zipped(("a.ipynb", random.Random(1).randbytes(1_001)))).values()
    assert "larger than" in refusal


def declare(content: bytes, size: int) -> bytes:
    """The archive of one member with another unpacked size in its headers."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, 22, size)
    struct.pack_into("<I", changed, changed.index(b"PK\x01\x02") + 24, size)
    return bytes(changed)


def test_a_size_that_is_a_lie_gains_nothing() -> None:
    archive = opened(declare(zipped(("a.ipynb", bytes(60_000_000))), 100))
    assert archive.members[0].refusal == ""
    with pytest.raises(ArchiveError, match="damaged"):
        archive.read(archive.members[0])
    assert archive.budget.left >= Budget().left - 100  # no more was unpacked than declared


def test_an_archive_unpacks_no_more_than_its_budget() -> None:
    content = zipped(*((f"{n}.csv", random.Random(n).randbytes(1_000)) for n in range(3)))
    archive = Archive(io.BytesIO(content), Budget(2_500))
    assert [len(archive.read(member)) for member in archive.members[:2]] == [1_000, 1_000]
    with pytest.raises(ArchiveError, match="more than 2 GB"):
        archive.read(archive.members[2])


def test_too_many_members_are_refused_but_those_of_git_do_not_count() -> None:
    many = [(f".git/objects/{n}", b"") for n in range(10_000)]
    assert len(opened(zipped(*many, ("a.ipynb", b"{}"))).members) == 10_001
    with pytest.raises(ArchiveError, match="10,001 files, more than 10,000"):
        opened(zipped(*((f"{n}", b"") for n in range(10_001))))


def test_a_list_of_members_that_is_too_long_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_DIRECTORY", 1_000)
    with pytest.raises(ArchiveError, match="list of members is too long"):
        opened(zipped(*((f"{n}", b"") for n in range(100))))


def test_of_two_members_with_one_name_neither_is_read() -> None:
    found = refusals(zipped(("a.ipynb", b"{}"), ("./a.ipynb", b"[]"), ("b.ipynb", b"{}")))
    assert found == {"a.ipynb": "the archive holds it more than once", "b.ipynb": ""}


def test_names_are_read_as_people_wrote_them() -> None:
    def raw(name: bytes, flag: int = 0) -> str:
        content = zipped(("x" * len(name), b"{}")).replace(b"x" * len(name), name)
        changed = bytearray(content)
        for at in (6, content.index(b"PK\x01\x02") + 8):
            struct.pack_into("<H", changed, at, flag)
        return opened(bytes(changed)).members[0].parts[0]

    assert raw("Łukasz.ipynb".encode(), flag=0x800) == "Łukasz.ipynb"
    assert raw("李小龍.ipynb".encode()) == "李小龍.ipynb"  # macOS forgets the flag
    assert raw("Kovács.ipynb".encode()) == "Kovács.ipynb"  # and writes accents apart
    assert raw("Kovács.ipynb".encode("cp437")) == "Kovács.ipynb"


@pytest.mark.parametrize("content", [b"", b"Rar!\x1a\x07", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, b"x" * 1_000])
def test_what_is_no_archive_is_said_in_one_sentence(content: bytes) -> None:
    with pytest.raises(ArchiveError, match="damaged, or not a zip archive") as caught:
        opened(content)
    assert "\n" not in str(caught.value)


def test_damage_anywhere_is_an_archive_error_or_nothing() -> None:
    whole = zipped(("kim/a.ipynb", b'{"cells": []}' * 20), ("kim/b.csv", b"x,y\n1,2\n" * 20))
    chance = random.Random(9)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            archive = opened(bytes(damaged[: chance.choice((len(whole), chance.randrange(len(whole))))]))
        except ArchiveError:
            continue
        for member in archive.members:
            with contextlib.suppress(ArchiveError):
                archive.read(member)


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    archive = opened(zipped(("kim/a.ipynb", b"{}"), ("../b.ipynb", b"{}")))
    archive.read(archive.members[0])
    assert list(tmp_path.rglob("*")) == []
    assert not (tmp_path.parent / "b.ipynb").exists()
