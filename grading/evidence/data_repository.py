"""A student's Git repository with DVC files, read as files: no git runs, no configuration of theirs counts."""

import contextlib
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from dulwich.objects import Blob, Commit, ShaFile, Tree

from grading.errors import Unmet

FULL = re.compile(r"[0-9a-f]{40}")
LARGEST_OBJECT = 2_000_000  # bytes, unpacked; a commit, a folder or a .dvc file is far smaller
LARGEST_POINTER = 20_000  # bytes of a .dvc file
MOST_ENTRIES = 2_000  # of all folders of one commit
MOST_COMMITS = 1_000  # that are followed back
MOST_FOLDERS = 300  # of a submission that are looked into
DEEPEST = 10
KINDS = {b"commit": Commit, b"tree": Tree, b"blob": Blob}
POINTER = ".dvc"


@dataclass
class DataRepository:
    """One repository. Only loose objects inside its own folder are read, and each must have the hash it is named by."""

    root: Path
    _files: dict[str, dict[str, str]] = field(default_factory=dict)

    def has(self, commit: str) -> bool:
        """Whether there is an object of this name."""
        try:
            return bool(FULL.fullmatch(commit)) and self._path(commit).is_file()
        except OSError:
            return False

    def tracked(self, commit: str) -> dict[str, str]:
        """The data files that a commit's .dvc files name: path → md5. Raises Unmet when it cannot be read."""
        found = {path: sha for path, sha in self.files(commit).items() if path.endswith(POINTER)}
        return {path.removesuffix(POINTER): md5 for path, sha in found.items() for md5 in self._md5s(path, sha)}

    def settings(self, commit: str) -> dict[str, dict[str, list[float]]]:
        """The numbers in a commit's YAML and JSON files, by file and by the last part of their names.

        One name may have several: of two models in one file. Files that cannot be read are left out.
        """
        found: dict[str, dict[str, list[float]]] = {}
        for path, sha in self.files(commit).items():
            if path.endswith((".yaml", ".yml", ".json")) and "/" not in path.removeprefix("./"):
                with contextlib.suppress(Unmet):
                    for name, value in _numbers(self._yaml(path, sha)):
                        found.setdefault(path, {}).setdefault(name, []).append(value)
        return found

    def files(self, commit: str) -> dict[str, str]:
        """The files of a commit: path → name of its object. Raises Unmet when it cannot be read."""
        if commit not in self._files:
            tree = self._commit(commit).tree.decode()
            self._files[commit] = dict(self._walk(tree, "", [MOST_ENTRIES]))
        return self._files[commit]

    def descends(self, newer: str, older: str) -> bool:
        """Whether the older commit is among the newer one's ancestors."""
        seen: set[str] = set()
        waiting = [newer]
        while waiting and len(seen) < MOST_COMMITS:
            commit = waiting.pop()
            if commit == older:
                return True
            if commit not in seen:
                seen.add(commit)
                waiting += [parent.decode() for parent in self._commit(commit).parents]
        return False

    def time(self, commit: str) -> int:
        """When it was committed, in seconds since 1970, as it says itself. Raises Unmet when it cannot be read."""
        return int(self._commit(commit).commit_time)

    def _commit(self, sha: str) -> Commit:
        found: Commit = self._read(sha, Commit)
        if not (found.tree and all(found.parents)):  # an object may have the right hash and lack its lines
            raise Unmet(f"the commit {sha[:10]} in {self.root.name}", "a commit without a tree", "git commit")
        return found

    def _walk(self, tree: str, folder: str, left: list[int], depth: int = 0) -> Iterator[tuple[str, str]]:
        for entry in self._read(tree, Tree).items():
            left[0] -= 1
            if left[0] < 0 or depth > DEEPEST:
                raise Unmet("a commit with a few files", f"more than {MOST_ENTRIES}", "commit .dvc files, not the data")
            name = entry.path.decode("utf-8", "replace")
            if entry.mode & 0o170000 == 0o040000:
                yield from self._walk(entry.sha.decode(), f"{folder}{name}/", left, depth + 1)
            else:
                yield f"{folder}{name}", entry.sha.decode()

    def _yaml(self, path: str, sha: str) -> Any:
        raw = self._read(sha, Blob).data
        try:
            if len(raw) > LARGEST_POINTER:
                raise ValueError(f"{len(raw)} bytes")
            return yaml.safe_load(raw)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise Unmet(f"{path} as DVC writes it", error, "dvc add, then commit") from None

    def _md5s(self, path: str, sha: str) -> Iterator[str]:
        found = self._yaml(path, sha)
        outs = found.get("outs") if isinstance(found, dict) else None
        out = outs[0] if isinstance(outs, list) and outs else None
        if isinstance(out, dict) and isinstance(out.get("md5"), str):
            yield out["md5"]

    def _path(self, sha: str) -> Path:
        return self.root / ".git" / "objects" / sha[:2] / sha[2:]

    def _read(self, sha: str, kind: type[Any]) -> Any:
        """The object; raises Unmet when it is missing, packed, outside, too large, of another kind, or not itself."""
        what = f"the {kind.__name__.lower()} {sha[:10]} in {self.root.name}"
        try:
            file = self._path(sha)
            if not (FULL.fullmatch(sha) and file.resolve().is_relative_to(self.root) and file.is_file()):
                packed = any((self.root / ".git" / "objects" / "pack").glob("*.pack"))
                raise Unmet(what, "a packed repository" if packed else "no such object",
                            "git rev-parse HEAD, in the repository that holds the .dvc file")  # fmt: skip
            if file.stat().st_size > LARGEST_OBJECT:
                raise ValueError("too large")
            inflate = zlib.decompressobj()
            raw = inflate.decompress(file.read_bytes(), LARGEST_OBJECT)
            if inflate.unconsumed_tail:
                raise ValueError("too large")
            if hashlib.sha1(raw, usedforsecurity=False).hexdigest() != sha:
                raise ValueError("its content has another hash")
            head, _, body = raw.partition(b"\0")
            if KINDS.get(head.partition(b" ")[0]) is not kind:
                raise ValueError(f"a {head[:10].decode('ascii', 'replace')}")
            return ShaFile.from_raw_string(kind.type_num, body)
        except Unmet:
            raise
        except Exception as error:  # an object can be damaged in many ways, all of them the file's fault
            raise Unmet(what, error, "commit it again with git") from None


def _numbers(content: Any, depth: int = 3) -> Iterator[tuple[str, float]]:
    for name, value in content.items() if isinstance(content, dict) and depth else ():
        if isinstance(value, (int, float)):
            yield str(name), value
        else:
            yield from _numbers(value, depth - 1)


def find_repositories(folders: tuple[Path, ...]) -> tuple[DataRepository, ...]:
    """The Git repositories in these folders, down to their folders' folders; links are not followed."""
    found = []
    for folder in folders:
        for place in islice(_places(folder.resolve()), MOST_FOLDERS):
            git = place / ".git"
            with contextlib.suppress(OSError):  # a folder that nobody may look into
                if git.is_dir() and not git.is_symlink():
                    found.append(DataRepository(place))
    return tuple(found)


def _places(folder: Path, depth: int = 2) -> Iterator[Path]:
    yield folder
    if depth:
        try:
            inner = sorted(each for each in islice(folder.iterdir(), MOST_FOLDERS) if each.is_dir())
        except OSError:
            return
        for each in inner:
            if not (each.is_symlink() or each.name.startswith(".") or each.name == "mlruns"):
                yield from _places(each, depth - 1)
