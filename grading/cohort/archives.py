"""Zip archives, read in memory and without trust: every member is named, none is ever written to disk."""

import io
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import BinaryIO

from grading.cohort.archive_names import encoding_of, name_of
from grading.errors import ArchiveError, shorten

LARGEST_MEMBER = 50_000_000  # bytes, unpacked
LARGEST_ARCHIVE = 2_000_000_000  # bytes that are really unpacked
LARGEST_DIRECTORY = 8_000_000  # bytes of the list of members, which is parsed whole
MOST_MEMBERS = 10_000
HIGHEST_RATIO, RATIO_COUNTS_FROM = 200, 1_000_000  # a notebook full of figures packs 2:1, a dull one 30:1
DEEPEST = 30  # folders within folders
LONGEST_NAME = 255  # bytes, as file systems have it
CHUNK = 1 << 20
MADE_BY_TOOLS = frozenset(
    {".git", "__MACOSX", ".ipynb_checkpoints", ".venv", "venv", "node_modules", "__pycache__", "mlruns", "mlartifacts"}
)  # folders that are never looked into, nor counted
ENCRYPTED = 0x1  # bit of a member's flags

Time = tuple[int, ...]  # year … second: comparable, and never an invalid date


@dataclass(frozen=True)
class Member:
    """A file or folder in an archive, by its path there."""

    parts: tuple[str, ...]
    size: int  # bytes, as the archive declares it
    time: Time
    is_folder: bool
    info: zipfile.ZipInfo
    refusal: str = ""  # why it cannot be read; "" when it may be


@dataclass
class Budget:
    """How many bytes may still be unpacked; archives within an archive share its budget."""

    left: int = LARGEST_ARCHIVE


class Archive:
    """A zip archive, open for reading; raises ArchiveError when it is none, is damaged, or holds too many members.

    `said`: the encoding of names that are not flagged as UTF-8, when a person says it; `encoding` is what was taken.
    """

    def __init__(self, file: BinaryIO, budget: Budget | None = None, said: str = "") -> None:
        self.budget = budget or Budget()
        self._file = _Bounded(file)  # type: ignore[arg-type]  # any binary file does
        try:
            self._zip = zipfile.ZipFile(self._file)
            self.encoding = encoding_of(self._zip.infolist(), said)
            members = [_member(info, self.encoding) for info in self._zip.infolist()]
        except Exception as error:  # zipfile raises many kinds, all of them the archive's fault
            self.close()
            raise ArchiveError(f"it is damaged, or not a zip archive ({shorten(error)})") from None
        counted = sum(MADE_BY_TOOLS.isdisjoint(member.parts) for member in members)
        if counted > MOST_MEMBERS:
            self.close()
            raise ArchiveError(f"it holds {counted:,} files, more than {MOST_MEMBERS:,}: unpack it yourself")
        self.members = tuple(_without_twins([member for member in members if member.parts]))

    def read(self, member: Member) -> bytes:
        """The content of one of `members`; raises ArchiveError, in a few words, when it may not or cannot be read."""
        if member.refusal:
            raise ArchiveError(member.refusal)
        chunks = []
        try:  # zipfile hands out no more bytes than the member declares, and that was looked at
            with self._zip.open(member.info) as file:
                while chunk := file.read(CHUNK):
                    chunks.append(chunk)
                    self.budget.left -= len(chunk)
                    if self.budget.left < 0:
                        raise ArchiveError("the archive unpacks to more than 2 GB")
        except ArchiveError:
            raise
        except Exception as error:  # bad checksums, unknown methods, ends of files: all of them the archive's fault
            raise ArchiveError(f"it is damaged ({shorten(error)})") from None
        return b"".join(chunks)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Bounded(io.BufferedReader):
    """A file that refuses large reads: zipfile believes the size that an archive states for its list of members."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("its list of members is too long")
        return super().read(size)


def _member(info: zipfile.ZipInfo, encoding: str) -> Member:
    name = name_of(info, encoding)
    parts, refusal = _path(name)
    return Member(parts, info.file_size, info.date_time, name.endswith("/"), info, refusal or _hazard(info))


def _path(name: str) -> tuple[tuple[str, ...], str]:
    """The parts of a path and why it is refused; of a refused one, the folders that can still be believed."""
    pieces = [piece for piece in name.split("/") if piece not in ("", ".")]
    if any(unicodedata.category(char) == "Cc" for char in name):
        refusal = "its name holds control characters"
    elif name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return (shorten(name),), "its path is absolute"
    elif ".." in pieces:
        refusal = "its path leads out of the archive"
    elif len(pieces) > DEEPEST or any(len(piece.encode("utf-8", "replace")) > LONGEST_NAME for piece in pieces):
        return (shorten(name),), "its path is too long"
    else:
        return tuple(pieces), ""
    believed = list(takewhile(lambda piece: piece != ".." and piece.isprintable(), pieces[:-1]))
    return (*believed, shorten("/".join(pieces[len(believed) :]))), refusal


def _hazard(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link, and links are not followed"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a device or a pipe, not a file"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others unpack without a bound
        return "it is packed by an unusual method: make an ordinary zip"
    return _too_large(info.file_size, info.compress_size)


def _too_large(size: int, packed: int) -> str:
    if size > LARGEST_MEMBER:
        return f"it is larger than {LARGEST_MEMBER // 1_000_000} MB"
    if size > RATIO_COUNTS_FROM and size > HIGHEST_RATIO * packed:
        return f"it unpacks to more than {HIGHEST_RATIO} times its size, as archives do that are made to do harm"
    return ""


def _without_twins(members: list[Member]) -> Iterator[Member]:
    """The members; which of two with one name is meant cannot be told, so neither may be read."""
    times = Counter(member.parts for member in members if not member.is_folder)
    for member in members:
        twin = times[member.parts] > 1 and not member.is_folder
        yield replace(member, refusal=member.refusal or "the archive holds it more than once") if twin else member
