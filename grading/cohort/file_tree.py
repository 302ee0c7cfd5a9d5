"""Folders and zip archives as one tree of files that are read only when asked for; links are not followed."""

import io
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from grading.cohort.archives import DEEPEST, LARGEST_MEMBER, MADE_BY_TOOLS, Archive, Time
from grading.errors import ArchiveError, InputError

LARGEST_IN_MEMORY = 20_000_000  # bytes of an archive; 300 students' need no 300 open files then
CLONE = ".git"
MENDED = re.compile(r"(\.ipynb)\.(?:txt|json)$", re.IGNORECASE)
TOO_LARGE = f"it is larger than {LARGEST_MEMBER // 1_000_000} MB"


@dataclass(frozen=True)
class File:
    """A file somewhere in the tree."""

    name: str
    origin: str  # where it lies, for people: "class.zip!/kim/M9_01_mlflow_setup.ipynb"
    size: int  # bytes
    time: Time
    reader: Callable[[], bytes]
    refusal: str = ""  # why it cannot be read; "" when it may be

    def read(self) -> bytes:
        """The content; raises ArchiveError, in a few words, when it cannot be read."""
        if self.refusal:
            raise ArchiveError(self.refusal)
        return self.reader()

    @property
    def stem(self) -> str:
        """The name without .ipynb, .csv and the like."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def folder(self) -> str:
        """The origin of the folder it lies in."""
        return self.origin[: self.origin.rfind("/") + 1]


@dataclass(eq=False)
class Folder:
    """A folder, or a zip archive seen as one."""

    name: str
    origin: str
    zipped: bool = False
    encoding: str = ""  # how an archive's names were read
    clone: bool = False  # a Git repository: its files bear the time of the cloning
    folders: dict[str, "Folder"] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name, of an archive without .zip."""
        return self.name[:-4] if self.zipped else self.name

    @property
    def entries(self) -> list["File | Folder"]:
        """What lies in it directly."""
        return [*self.files, *self.folders.values()]

    def walk(self, clone: bool = False) -> Iterator[File]:
        """Every file in it, at any depth; those of a clone without their time."""
        clone = clone or self.clone
        yield from (replace(file, time=()) for file in self.files) if clone else self.files
        for folder in self.folders.values():
            yield from folder.walk(clone)

    def archives(self) -> Iterator["Folder"]:
        """The archives in it, at any depth; itself, when it is one."""
        if self.zipped:
            yield self
        for folder in self.folders.values():
            yield from folder.archives()

    def names(self) -> Iterator[str]:
        """The names of what lies in it, at any depth, but for those in other archives."""
        yield from (file.name for file in self.files)
        for folder in self.folders.values():
            yield folder.name
            yield from () if folder.zipped else folder.names()

    def add(self, inner: "Folder") -> None:
        """Put an archive in, beside whatever else bears its name."""
        key = inner.name
        while key in self.folders:
            key += "!"
        self.folders[key] = inner

    def holds(self, *suffixes: str) -> bool:
        """Whether there is a file with one of these suffixes in it, at any depth."""
        return any(file.name.lower().endswith(suffixes) for file in self.walk())


@dataclass(frozen=True)
class Opening:
    """How archives are opened: what stays open is closed by `stack`; `encoding` is that of their names, when said."""

    stack: ExitStack
    encoding: str = ""

    def archive(self, path: Path) -> Archive:
        """Open a zip archive on the disk; a small one is read into memory."""
        file = _regular(path)
        if os.fstat(file.fileno()).st_size <= LARGEST_IN_MEMORY:
            with file:
                return Archive(io.BytesIO(file.read()), said=self.encoding)
        archive = Archive(file, said=self.encoding)
        self.stack.callback(archive.close)
        return archive

    def folder(self, name: str, origin: str, archive: Archive, depth: int = 0) -> Folder:
        """The tree in an archive; archives in it are opened too, those in these are not."""
        root = Folder(name, origin, zipped=True, encoding=archive.encoding)
        for member in archive.members:
            whole = member.is_folder and not member.refusal
            folder = _inner(root, member.parts if whole else member.parts[:-1])
            shown = printable(member.parts[-1])
            if folder is None or whole or _made_by_tools(shown.rpartition("/")[2]):
                continue
            reader = partial(archive.read, member)
            file = File(_named(shown), folder.origin + shown, member.size, member.time, reader, member.refusal)
            if shown.lower().endswith(".zip") and not file.refusal:
                try:
                    if depth > 0:
                        raise ArchiveError("it is an archive in an archive in an archive: unpack it")
                    inner = Archive(io.BytesIO(file.read()), archive.budget, self.encoding)
                    folder.add(self.folder(shown, f"{file.origin}!/", inner, depth + 1))
                    continue
                except ArchiveError as error:
                    file = replace(file, refusal=str(error))
            folder.files.append(file)
        return root


def open_tree(path: Path, stack: ExitStack, encoding: str = "") -> Folder:
    """The tree of a folder or zip archive; what stays open is closed by `stack`.

    `encoding` is that of the names in archives, where these do not say it; "" when it is to be found out.

    Raises InputError when there is neither at `path`, ArchiveError when the archive there cannot be used.
    """
    path, opening = path.resolve(), Opening(stack, encoding)
    if path.is_dir():
        root = Folder(path.name, "")
        try:
            _fill(root, path, opening, 0)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
        return root
    if path.suffix.lower() != ".zip" or not path.is_file():
        found = "a file of another kind" if path.exists() else "nothing"
        raise InputError(f"expected a folder of submissions, or a zip archive of one, at {path}; found {found}")
    try:
        return opening.folder(path.name, f"{path.name}!/", opening.archive(path))
    except (ArchiveError, OSError) as error:
        raise ArchiveError(f"{path.name} cannot be used: {error}. Download it again") from None


def printable(name: str) -> str:
    """A name from a disk or an archive as text that can be written anywhere; different names stay different."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = unicodedata.normalize("NFC", text)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _fill(folder: Folder, path: Path, opening: Opening, depth: int) -> None:
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        name = printable(entry.name)
        origin = folder.origin + name
        if entry.name == CLONE:
            folder.clone = True
        if _made_by_tools(name):
            continue
        try:
            about = entry.stat(follow_symlinks=False)
            when = tuple(time.localtime(about.st_mtime)[:6])
            if stat.S_ISDIR(about.st_mode) and not entry.is_symlink():
                if depth < DEEPEST:
                    inner = folder.folders.setdefault(name, Folder(name, f"{origin}/"))
                    _fill(inner, Path(entry.path), opening, depth + 1)
                continue
            file = File(
                _named(name),
                origin,
                about.st_size,
                when,
                partial(_disk_content, Path(entry.path)),
                _hazard(about, entry),
            )
            if not file.refusal and name.lower().endswith(".zip"):
                folder.add(opening.folder(name, f"{origin}!/", opening.archive(Path(entry.path))))
                continue
        except (ArchiveError, OSError) as error:
            file = File(name, origin, 0, (), bytes, _words(error))
        folder.files.append(file)


def _inner(folder: Folder, parts: tuple[str, ...]) -> Folder | None:
    """The folder at the end of a path, made if need be; None where a tool keeps its own files."""
    for part in parts:
        folder.clone |= part == CLONE
        if _made_by_tools(part):
            return None
        name = printable(part)
        folder = folder.folders.setdefault(name, Folder(name, f"{folder.origin}{name}/"))
    return folder


def _disk_content(path: Path) -> bytes:
    try:
        with _regular(path) as file:
            content = file.read(LARGEST_MEMBER + 1)
    except OSError as error:
        raise ArchiveError(_words(error)) from None
    if len(content) > LARGEST_MEMBER:
        raise ArchiveError(TOO_LARGE)
    return content


def _regular(path: Path) -> BinaryIO:
    """Open a file that was a regular one when we looked, and see that it still is."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("it is not a regular file")
    return os.fdopen(handle, "rb")


def _hazard(about: os.stat_result, entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return "it is a symbolic link, and links are not followed"
    if not stat.S_ISREG(about.st_mode):
        return "it is a device or a pipe, not a file"
    if about.st_size > LARGEST_MEMBER and not entry.name.lower().endswith(".zip"):
        return TOO_LARGE
    return ""


def _named(name: str) -> str:
    """The name without the .txt or .json that browsers and mail programs append to a notebook's."""
    return MENDED.sub(r"\1", name)


def _made_by_tools(name: str) -> bool:
    return name in MADE_BY_TOOLS or name.startswith(".")


def _words(error: Exception) -> str:
    return f"it cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
