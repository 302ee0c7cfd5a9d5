"""The data files that runs say they used: found, hashed and read, never trusted to be where the run says."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from grading.errors import Unmet
from grading.evidence.store import LARGEST_READ, local_path
from grading.files import ROOT

DATA = ROOT / "data"  # the course's own files
DVC_CACHE = ".dvc/cache/files/md5"  # where DVC keeps every version of a file, each under its md5
MOST_COLUMNS = 2_000
MOST_VERSIONS = 100  # files of a DVC cache that are looked at
ROW_NAMES = ("row", "row_id", "id", "index")
LABELS = {"breast_cancer": "malignant", "diabetes": "progression"}  # the course's own files, by how their names begin


@dataclass
class DataFiles:
    """The folders data may lie in: the course's, and what was handed in. Files are read once."""

    # What is said when no file is found.
    EXPECTED: ClassVar = "a dataset whose source names a data file of the course or of this submission"
    HINT: ClassVar = (
        "mlflow.data.from_pandas(frame, source=str(path), name=...); MLflow keeps the first source of a name: "
        "to correct one, give the dataset another name"
    )

    folders: tuple[Path, ...]
    used: set[Path] = field(default_factory=set)  # what was found
    _hashes: dict[Path, str] = field(default_factory=dict)
    _frames: dict[Path, pd.DataFrame] = field(default_factory=dict)

    def find(self, location: str, sha256: str = "") -> Path:
        """The file a dataset's source names: the course's by its name, another where it says or by its name.

        With a `sha256` that is not the file's: the earlier version of it that DVC keeps, if there is one.
        Raises Unmet when there is no such file, or it is over 20 MB.
        """
        given = local_path(location) if location.startswith("file:") else Path(location)
        if sha256 and given.name not in _course_files():
            for file in self._versions(given):
                if self.sha256(file) == sha256:
                    course = next((own for own in sorted(DATA.glob("*.csv")) if self.sha256(own) == sha256), file)
                    self.used.add(course)
                    return course
        course = DATA / given.name
        candidates = (given, *(folder / given for folder in self.folders), *(f / given.name for f in self.folders))
        # A file that bears the name of the course's own is the course's own: a copy may have been changed.
        for candidate in (course,) if given.name in _course_files() else candidates:
            try:
                file = candidate.resolve()
                if not (self._inside(file) and file.is_file()):
                    continue
                size = file.stat().st_size
            except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL, a name too long
                continue
            if size > LARGEST_READ:
                raise Unmet("a data file of at most 20 MB", f"{file.name}: {size / 1e6:,.0f} MB", "hand in less data")
            self.used.add(file)
            return file
        raise Unmet(self.EXPECTED, location or "no source", self.HINT)

    def of_its_own(self, folder: Path) -> list[Path]:
        """The files that were found in a folder and hold other data than the course's files, by name."""
        found = [file for file in self.used if file.is_relative_to(folder) and not self._is_the_courses(file)]
        return sorted(found, key=lambda file: file.name)

    def _is_the_courses(self, file: Path) -> bool:
        """Whether a file is a copy of one of the course's: the same bytes, or the same table written anew."""
        course = sorted(DATA.glob("*.csv"))
        try:
            return self.sha256(file) in map(self.sha256, course) or any(
                self.frame(file).equals(self.frame(own)) for own in course
            )
        except (Unmet, OSError):  # no table, or not readable
            return False

    def _versions(self, given: Path) -> Iterator[Path]:
        """What DVC keeps in the repository around a file, when that lies in one of the folders."""
        for start in dict.fromkeys((given, *(folder / given for folder in self.folders))):
            for folder in islice(start.parents, 50):
                try:
                    cache = (folder / DVC_CACHE).resolve()
                    if cache.is_dir() and self._inside(cache):
                        yield from (file for file in islice(cache.glob("*/*"), MOST_VERSIONS) if self._readable(file))
                except (OSError, RuntimeError, ValueError):
                    continue

    def _inside(self, file: Path) -> bool:
        return any(file.is_relative_to(folder.resolve()) for folder in (DATA, *self.folders))

    def _readable(self, file: Path) -> bool:
        inside = self._inside(file.resolve()) and file.is_file() and os.access(file, os.R_OK)
        return inside and file.stat().st_size <= LARGEST_READ

    def md5(self, file: Path) -> str:
        """The MD5 of the file's bytes, by which DVC names it."""
        return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()

    def sha256(self, file: Path) -> str:
        """The hash of the file's bytes, in hexadecimal."""
        if file not in self._hashes:
            self._hashes[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._hashes[file]

    def frame(self, file: Path) -> pd.DataFrame:
        """The CSV file as a table, indexed by its row ids (or by position, when it has none)."""
        if file not in self._frames:
            self._frames[file] = by_row(read_table(file))
        return self._frames[file]


def _course_files() -> frozenset[str]:
    return frozenset(file.name for file in DATA.glob("*.csv"))


def read_table(file: Path, **how: Any) -> pd.DataFrame:
    """A CSV file as a table, read by pandas in this way; raises Unmet when it is none, packed or too wide."""
    try:
        with file.open(encoding="utf-8", errors="replace", newline="") as lines:
            if any(len(row) > MOST_COLUMNS for row in csv.reader(lines)):  # pandas takes hours over a million
                raise ValueError(f"more than {MOST_COLUMNS:,} columns")
        return pd.read_csv(file, compression=None, **how)  # 20 MB could be 20 GB packed
    except (
        ValueError,
        UnicodeDecodeError,
        OSError,
        csv.Error,
    ) as error:  # ParserError and EmptyDataError are ValueErrors
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unmet(f"{file.name} as a CSV table", reason, "frame.to_csv(path, index=False)") from None


def row_column(frame: pd.DataFrame) -> str | None:
    """The name of the column that holds the row ids."""
    return next((str(name) for name in frame.columns if str(name).lower() in ROW_NAMES), None)


def by_row(frame: pd.DataFrame) -> pd.DataFrame:
    """The table indexed by its row ids; by position when it has none, or they are not unique."""
    name = row_column(frame)
    return frame.set_index(name) if name and frame[name].is_unique else frame


def label_columns(file: Path, frame: pd.DataFrame) -> list[str]:
    """The columns that may hold the label: one for the course's own files, all of them for a student's."""
    for beginning, label in LABELS.items():
        if file.name.startswith(beginning) and label in frame.columns:
            return [label]
    return [str(name) for name in frame.columns]
