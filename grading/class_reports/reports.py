"""Everything a class run hands out, from its results: each file whole, and the same for the same results."""

from collections.abc import Sequence
from pathlib import Path, PurePath

from grading.errors import InputError
from grading.graded import Graded
from grading.look_alikes import LookAlike, look_alikes
from grading.reports import class_page, gradebook, gradescope, junit
from grading.reports.json import write_whole
from grading.reports.roster import RESULTS, roster_of
from grading.submissions import Found


def write_all(found: Found, graded: Sequence[Graded], out: Path) -> list[Path]:
    """Write the gradebooks, the class page, the look-alikes, JUnit, Gradescope's files and the MLflow store.

    Returns what a person opens, the class page first. Raises OSError when a file cannot be written, and InputError
    when the MLflow store, which comes last, cannot.
    """
    from grading.reports.class_run import log_class  # MLflow takes seconds to import: the other files come first

    graded = sorted(graded, key=lambda each: (each.slug, each.lesson))
    roster = roster_of(found, graded)
    alike = look_alikes(found, graded)
    books = gradebook.write(roster, out)
    for each in graded:
        write_whole(_beside(out, each, ".results.json"), gradescope.render(each))
    write_whole(out / "junit.xml", junit.render_class(graded))
    write_whole(out / "look_alikes.csv", gradebook.BOM + _table(alike))
    page = out / "class.html"
    files = [*books, out / "look_alikes.csv", out / "junit.xml"]
    write_whole(page, class_page.render(roster, alike, [file.name for file in files]))
    return [page, *files, log_class(graded, out)]


def _beside(out: Path, graded: Graded, suffix: str) -> Path:
    """A file beside the result; raises InputError for names that lead elsewhere."""
    if not all(name and PurePath(name).name == name and name != ".." for name in (graded.slug, graded.lesson)):
        raise InputError(f"expected the plain names of a student and a lesson; found {graded.place!r}")
    return out / RESULTS / graded.slug / f"{graded.lesson}{suffix}"


def _table(alike: Sequence[LookAlike]) -> str:
    header = ("lesson", "students", "kind", "share", "where")
    rows = [
        (each.lesson, "; ".join(each.students), each.kind, gradebook.number(each.share), each.where) for each in alike
    ]
    return gradebook.table(header, rows)
