"""Notebooks of one name in several folders: their names with as many folders as tell them apart."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def with_folders(paths: Iterable[Path]) -> dict[Path, str]:
    """For each path that shares its name with another file, such as `ada/M9_01_a.ipynb`; no more than is needed."""
    alike: dict[str, dict[Path, Path]] = defaultdict(dict)  # by name: the paths as given, and in full
    for path in paths:
        alike[path.name][path] = path.resolve()
    names: dict[Path, str] = {}
    for given in alike.values():
        files = set(given.values())
        if len(files) > 1:
            depth = next(n for n in range(2, 1000) if len({file.parts[-n:] for file in files}) == len(files))
            names |= {path: Path(*file.parts[-depth:]).as_posix() for path, file in given.items()}
    return names
