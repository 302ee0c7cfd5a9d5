"""The scorecard in a terminal."""

from rich.console import Console, Group, RenderableType
from rich.markup import escape as escape_markup
from rich.table import Table
from rich.text import Text

from grading.lessons import lesson_or_own
from grading.marking.verdict import Scorecard, Verdict
from grading.reports.words import SIGNS, STATES, WORDS, clean, group_title, points, said_of
from grading.running.execution_report import State

STYLES = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.ERROR: "yellow"}


def render(card: Scorecard) -> RenderableType:
    """The scorecard as tables, one a task, with what each check found."""
    lesson = lesson_or_own(card.lesson)
    parts: list[RenderableType] = [Text(clean(f"\n{card.lesson} · {card.title}"), style="bold"), _execution(card)]
    for group in lesson.groups:
        rows = [result for result in card.results if result.group == group]
        if not rows:
            continue
        own, most = sum(row.points for row in rows), sum(row.max_points for row in rows)
        heading = f"{group_title(lesson, group)}  {points(own)}/{points(most)}"
        table = Table(
            box=None, show_header=False, title=heading, title_justify="left", title_style="bold", pad_edge=False
        )
        table.add_column(width=10, no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True, width=5)
        for row in rows:
            style = STYLES.get(row.verdict, "dim")
            lines = [escape(row.sentence)]
            if row.verdict is Verdict.PASSED:
                lines.append(f"[dim]{escape(row.found)}[/]")
            else:
                lines += [f"{name}: {escape(text)}" for name, text in said_of(row)]
            state = f"[{style}]{SIGNS[row.verdict]} {WORDS[row.verdict]}[/]"
            table.add_row(state, "\n".join(lines), f"{points(row.points)}/{points(row.max_points)}")
        parts += [Text(), table]
    mark = f"{points(card.score)}/{points(card.max_score)}" if card.graded else "ungraded: see the rows marked !"
    parts.append(Text(clean(f"\n{card.notebook}: {mark}"), style="bold"))
    return Group(*parts)


def print_scorecard(card: Scorecard, console: Console) -> None:
    """Print it, cut to the console's width."""
    console.print(render(card))


def _execution(card: Scorecard) -> Text:
    report = card.execution
    style = "dim" if report.state is State.FINISHED else "yellow"
    lines = [f"{card.notebook} {STATES[report.state]} in {report.seconds:.1f} s; confinement: {report.confinement}"]
    lines += [f"cell {failure.cell}: {failure.error}" for failure in report.failures[:10]]
    lines += [f"note: {note}" for note in (*report.notes, *card.notes)]
    return Text(clean("\n".join(lines)), style=style)


def escape(text: str) -> str:
    """Text that rich shows as it is."""
    return escape_markup(clean(text))
