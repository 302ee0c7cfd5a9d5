"""A store whose folder was moved or renamed: MLflow keeps writing files to the place where it used to be."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from grading.evidence.sqlite_store import SqliteStore
from grading.evidence.store import local_path

DEFAULT_ROOT = "mlruns"  # beside the store, unless somebody says otherwise


def moved_from(store: SqliteStore) -> Path | None:
    """The folder in which the store lay when its experiments were made, when it is another one than today.

    MLflow notes an absolute place for the files of each experiment. A place of one's own choice is none of a move: its
    folder is there, and not beside the store as well.
    """
    here = store.path.absolute().parent
    return next(_strangers(here, store.artifact_locations), None)


def what_to_do(store: SqliteStore, former: Path) -> str:
    """Sentences that say what happened, and how to go on."""
    here = store.path.absolute()
    return (
        f"{here.parent} was moved or renamed: its MLflow store still keeps the files of runs in {former}. "
        f"Give the folder its former name; or begin a new store: rename {here.name} to old-{here.name}, restart the "
        "kernel, and run all cells"
    )


def _strangers(here: Path, locations: Iterable[str]) -> Iterator[Path]:
    for location in locations:
        if "://" in location and not location.startswith("file:"):  # s3, a server
            continue
        place = local_path(location)
        if not place.is_absolute() or place.is_relative_to(here) or place.resolve().is_relative_to(here.resolve()):
            continue
        former = place.parent.parent
        left_here = (here / place.parent.name / place.name).is_dir()
        if left_here or (place.parent.name == DEFAULT_ROOT and not former.is_dir()):
            yield former
