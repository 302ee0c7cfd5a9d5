"""The gallery's table: how often the grader was right, a line a lesson."""

from collections.abc import Sequence

from rich.table import Table

from grading.curriculum.gallery import Judgement, Tally, tally

COLUMNS = ("lesson", "mutants", "right answers", "taken rightly", "wrongly", "not taken", "precision", "recall")


def gallery_table(judgements: Sequence[Judgement]) -> Table:
    """A table for the terminal; counts are of checks, over all cases of a lesson."""
    table = Table(title="Checks that the gallery lost, and had to lose")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "lesson" else "right")
    for name, found in tallies(judgements).items():
        table.add_row(name, *gallery_row(found))
    return table


def tallies(judgements: Sequence[Judgement]) -> dict[str, Tally]:
    """The counts by lesson, and of all."""
    ids = sorted({judgement.case.lesson.id for judgement in judgements})
    by_lesson = {id: tally(judgement for judgement in judgements if judgement.case.lesson.id == id) for id in ids}
    return by_lesson | {"all": tally(judgements)}


def gallery_row(found: Tally) -> list[str]:
    """The cells of a line, after its name."""
    counts = (found.mutants, found.right_answers, found.taken_rightly, found.taken_wrongly, found.not_taken)
    return [*(str(count) for count in counts), f"{found.precision:.3f}", f"{found.recall:.3f}"]
