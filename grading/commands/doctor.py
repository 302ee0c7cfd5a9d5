"""`grading doctor`: what works on this machine."""

import typer
from rich.markup import escape

from grading.commands.terminal import BELOW, OK, console


def doctor() -> None:
    """Say what works on this machine."""
    from grading.commands.diagnosis import examine

    broken = 0
    for finding in examine():
        sign = "[green]✓[/]" if finding.works else "[red]✗[/]"
        console.print(f"{sign} {finding.part}: {escape(finding.text)}", soft_wrap=True)
        broken += not finding.works
    raise typer.Exit(BELOW if broken else OK)
