"""The folder of a class run: one result a submission, whole or not there, and one run at a time."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath

from grading.cohort.graded import Graded, read_graded
from grading.cohort.job import Product
from grading.errors import InputError
from grading.files import write_whole

if sys.platform != "win32":
    import fcntl

RESULTS, LOCK = "results", ".lock"
HANDED_ON = ".results.json"  # Gradescope's, beside our own
HALF = ".*.*-????????"  # what a run that was killed was writing


class ResultsFolder:
    """OUT of a class run; `results/<student>/<lesson>.json` with the page and the executed notebook beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, slug: str, lesson: str) -> Path:
        """Where the result of a submission lies; raises InputError for names that lead elsewhere."""
        if not all(part and PurePath(part).name == part and part != ".." for part in (slug, lesson)):
            raise InputError(f"expected the plain names of a student and a lesson; found {slug!r} and {lesson!r}")
        return self.path / RESULTS / slug / f"{lesson}.json"

    def read(self, slug: str, lesson: str) -> Graded | None:
        """The result there is; raises ValueError when the file, or one beside it, is damaged."""
        file = self.file(slug, lesson)
        found = read_graded(file)
        if found and found.scorecard and not file.with_suffix(".html").exists():
            raise ValueError("its page is not there")
        return found

    def all(self) -> list[Graded]:
        """Every result that can be read, by student and lesson."""
        found: list[Graded] = []
        for path in sorted(self.path.glob(f"{RESULTS}/*/*.json")):
            if not path.name.endswith(HANDED_ON):
                with contextlib.suppress(ValueError):  # it is made anew, or nobody's
                    found += filter(None, [read_graded(path)])
        return found

    def write(self, product: Product) -> None:
        """Keep a result, the JSON last: what is there is whole. Raises InputError when it cannot be written."""
        file = self.file(product.graded.slug, product.graded.lesson)
        try:
            for suffix, text in ((".html", product.page), (".ipynb", product.executed)):
                if text:
                    write_whole(file.with_suffix(suffix), text)
                else:
                    file.with_suffix(suffix).unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        self.update(product.graded)

    def update(self, graded: Graded) -> None:
        """Keep a result whose page and notebook are there already."""
        try:
            write_whole(self.file(graded.slug, graded.lesson), graded.model_dump_json(indent=1) + "\n")
        except OSError as error:
            raise self._unwritable(error) from None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes here meanwhile; a killed run leaves no lock. Raises InputError, naming who holds it."""
        if sys.platform == "win32":
            raise InputError("expected Linux or macOS for a class run; found Windows: run it in WSL")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise self._unwritable(error) from None
        with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"another class run is writing to {self.path} ({_holder(file.read())})") from None
            except OSError as error:
                raise InputError(f"{self.path / LOCK} cannot be locked: {error.strerror or error}") from None
            file.truncate()
            file.write(json.dumps({"process": os.getpid(), "since": f"{datetime.now():%d %B %Y %H:%M:%S}"}))
            file.flush()
            for half in (*self.path.glob(HALF), *self.path.glob(f"{RESULTS}/*/{HALF}")):
                half.unlink(missing_ok=True)
            yield

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(f"expected {self.path} to be a folder with room to write; found: {error.strerror or error}")


def _holder(text: str) -> str:
    try:
        said = json.loads(text)
        return f"process {int(said['process'])}, since {said['since']}"
    except (ValueError, TypeError, KeyError):
        return "it has just begun"
