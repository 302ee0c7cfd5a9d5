"""Everything a class run hands out, from its results: each file whole, and the same for the same results."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from grading.class_reports import gradebook, gradescope, junit, page
from grading.class_reports.roster import RESULTS, roster_of
from grading.cohort.class_run import Outcome
from grading.cohort.graded import Graded
from grading.cohort.look_alikes import LookAlike, look_alikes
from grading.cohort.submissions import Found
from grading.errors import GradingError, InputError
from grading.files import write_whole


def write_reports(found: Found, outcome: Outcome, out: Path) -> Outcome:
    """The outcome with the reports of all that is graded, written into the class's folder; or with why they are not."""
    try:
        return replace(outcome, reports=tuple(write_all(found, outcome.graded, out)))
    except (OSError, GradingError) as error:
        why = getattr(error, "strerror", None) or error
        said = filter(None, [outcome.stopped, f"the reports cannot be written: {why}"])
        return replace(outcome, stopped="; ".join(said))


def write_all(found: Found, graded: Sequence[Graded], out: Path) -> list[Path]:
    """Write the gradebooks, the class page, the look-alikes, JUnit, Gradescope's files and the MLflow store.

    Returns what a person opens, the class page first. Raises OSError when a file cannot be written, and InputError
    when the MLflow store, which comes last, cannot.
    """
    from grading.class_reports.mlflow_store import (
        log_class,  # MLflow takes seconds to import: the other files come first
    )

    graded = sorted(graded, key=lambda each: (each.slug, each.lesson))
    roster = roster_of(found, graded)
    alike = look_alikes(found, graded)
    books = gradebook.write(roster, out)
    for each in graded:
        write_whole(_beside(out, each, ".results.json"), gradescope.render(each))
    write_whole(out / "junit.xml", junit.render(graded))
    write_whole(out / "look_alikes.csv", gradebook.BOM + _table(alike))
    class_page = out / "class.html"
    files = [*books, out / "look_alikes.csv", out / "junit.xml"]
    write_whole(class_page, page.render(roster, alike, [file.name for file in files]))
    return [class_page, *files, log_class(graded, out)]


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
