"""A file of a hand-in with whose it is: what every layout gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grading.cohort.file_tree import File, Folder

NOTEBOOK = ".ipynb"
COMPANIONS = (".csv", ".py")  # what a notebook may need beside it: data, and a changed tool of the course
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # only the first is read


@dataclass(frozen=True)
class Item:
    """A file, and who handed it in; without a student, nobody's; without a file, only the student is known."""

    student: str
    file: File | None
    name: str = ""  # what the student called the file
    sid: str = ""
    late: bool = False
    number: int = 0  # rises with each upload, where the platform counts them
    download: str = ""  # the download it came in; within one, ids tell namesakes apart
    platform: str = ""  # the layout of that download, whose ids these are


def is_a(file: File, *suffixes: str) -> bool:
    """Whether a file's name ends like this, in capitals or not."""
    return file.name.lower().endswith(suffixes)


def notebooks_of(files: Iterable[File]) -> list[File]:
    """Those of the files that are notebooks by their names."""
    return [file for file in files if is_a(file, NOTEBOOK)]


def everything(folder: Folder, owner: Item) -> Iterator[Item]:
    """All files of a folder as their owner's; the owner at least."""
    yield owner
    for file in folder.walk():
        yield replace(owner, file=file, name=file.name)


def uploaded(item: Item, when: tuple[int, ...]) -> Item:
    """The item with the time of its upload, where the platform says it."""
    return replace(item, file=replace(item.file, time=when)) if item.file and when else item


def student_of(name: str) -> str:
    """A student's name; never empty."""
    return name.strip() or repr(name)
