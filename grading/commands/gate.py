"""`grading gate`: hold a run to a contract, promote on pass, roll back."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grading.commands.terminal import BELOW, OK, Store, console, tracking_uri


def gate(
    contract: Annotated[str, typer.Argument(help="A contract of ours, such as healthcare_triage, or a YAML file.")],
    target: Annotated[str, typer.Argument(help="A run id, or a registered model as NAME/VERSION.")],
    promote: Annotated[str, typer.Option(metavar="ALIAS", help="Give NAME/VERSION this alias, if it passes.")] = "",
    rollback: Annotated[
        str, typer.Option(metavar="ALIAS", help="Give this alias of NAME back to who had it before, if that passes.")
    ] = "",
    why: Annotated[str, typer.Option(help="The reason, kept in the history.")] = "",
    data: Annotated[list[Path] | None, typer.Option(help="A folder to look for the data file in. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Hold a run to a contract and derive again what it claims; exit 1 when a clause is not met."""
    from grading.errors import InputError
    from grading.registry import promotion
    from grading.registry.gate import hold
    from grading.running.kernels.prediction import predict
    from grading.running.reproduction import PREDICTOR

    if promote and rollback:
        raise InputError("expected --promote or --rollback; found both")
    if promote and "/" not in target:
        raise InputError(f"expected a registered version such as screening/3 to promote; found {target!r}")
    if why and not (promote or rollback):
        raise InputError("expected --promote or --rollback with --why; found neither")
    uri = tracking_uri(store)
    held = promotion.before(target, rollback, uri) if rollback else target
    # A confined notebook that calls this command is confined already; whoever else does may hold a stranger's model.
    confined = None if PREDICTOR in os.environ else partial(predict, confined=True)
    ruling = hold(contract, held, uri, data or (), confined)
    for clause in ruling.clauses:
        sign = "[green]✓[/]" if clause.met else "[red]✗[/]"
        console.print(f"{sign} {escape(clause.expected)} [dim]found {escape(clause.found)}[/]", soft_wrap=True)
        if clause.hint and not clause.met:
            console.print(f"    [dim]{escape(clause.hint)}[/]", soft_wrap=True)
    outcome = "meets" if ruling.met else f"misses {len(ruling.unmet)} of {len(ruling.clauses)} clauses of"
    run = f"run {ruling.run.name} ({ruling.run.id[:8]})"
    console.print(escape(f"{f'{held}, ' if ruling.version else ''}{run} {outcome} {ruling.contract}"), soft_wrap=True)
    notes, event = promotion.strays(ruling.versions, ruling.version.name) if ruling.version else (), None
    if ruling.met and (promote or rollback):
        move = promotion.promote if promote else promotion.give_back
        event = move(ruling, promote or rollback, uri, why)
        notes = event.notes
    for note in notes:
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)
    if event:
        console.print(escape(str(event)), soft_wrap=True)
    elif promote or rollback:
        console.print(escape(f"refused: {promote or rollback} stays where it is"), soft_wrap=True)
    raise typer.Exit(OK if ruling.met else BELOW)
