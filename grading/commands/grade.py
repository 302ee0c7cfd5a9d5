"""`grading grade`: run and grade notebooks, one by one."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from grading.commands.terminal import BELOW, OK, OURS, USAGE, console, errors


def grade(
    notebooks: Annotated[list[Path], typer.Argument(help="Notebooks named M9_{number}_{description}.ipynb.")],
    solution: Annotated[
        bool, typer.Option("--solution", help="Put the reference solutions into the exercise cells.")
    ] = False,
    part: Annotated[str, typer.Option(help="practice: the student's runs; worked: the lesson's own.")] = "practice",
    lesson: Annotated[str, typer.Option(help="The lesson, when the file's name does not say it.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the scorecards as JSON.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page a scorecard into this folder.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write the scorecards as JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write points and what is missing as Markdown.")] = None,
    pass_mark: Annotated[
        float, typer.Option(min=0, max=100, help="Exit 1 when a scorecard is below this, in percent.")
    ] = 0,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one whole notebook.")] = 300,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Train every fold and candidate again, not a sample of them.")
    ] = False,
    confine: Annotated[
        str, typer.Option(help="auto: as well as this machine can; on: or not at all; off: with your rights.")
    ] = "auto",
) -> None:
    """Run notebooks, each alone and on an empty store, and grade what they logged."""
    from grading.assessment.assessment import assess
    from grading.commands.confine import read_confine
    from grading.errors import InputError
    from grading.reports import html as html_report
    from grading.reports import json as json_report
    from grading.reports import junit as junit_report
    from grading.reports import markdown as markdown_report
    from grading.reports.notebook_names import with_folders
    from grading.reports.text import print_scorecard

    if part not in ("practice", "worked"):
        raise InputError(f"expected --part practice or --part worked; found {part!r}")
    cards, exhibits, refused, failed = [], [], 0, 0
    names = with_folders(notebooks)
    unwritable: InputError | None = None
    for path in notebooks:
        try:
            settings: dict[str, Any] = {"part": part, "timeout": timeout, "confine": read_confine(confine)}
            done = assess(path, lesson=lesson or None, solution=solution, thorough=thorough, **settings)
        except InputError as error:
            errors.print(f"[red]✗[/] {escape(str(error))}", soft_wrap=True)
            refused += 1
            continue
        except Exception as error:  # ours; the other notebooks are graded all the same
            why = f"{names.get(path, path.name)} is ungraded: {type(error).__name__}: {error}"
            errors.print(f"[yellow]![/] {escape(why)}", soft_wrap=True)
            failed += 1
            continue
        card = done.scorecard.model_copy(update={"notebook": names.get(path, done.scorecard.notebook)})
        cards.append(card)
        exhibits.append(done.exhibits)
        try:  # after each notebook: stopping later loses none of these
            if json_file:
                json_report.write(cards, json_file)
            if junit:
                junit_report.write(cards, junit)
            if markdown:
                markdown_report.write(cards, markdown)
            if html:
                html_report.write(cards, html, exhibits)
        except OSError as error:
            unwritable = InputError(f"{error.filename} cannot be written: {error.strerror or error}")
        print_scorecard(card, console)
        if unwritable:
            raise unwritable
    if html and cards:
        console.print(f"Pages: {html / 'index.html'}", soft_wrap=True)
    if failed or any(not card.graded for card in cards):
        raise typer.Exit(OURS)
    if refused:
        raise typer.Exit(USAGE)
    raise typer.Exit(BELOW if any(card.percent < pass_mark for card in cards) else OK)
