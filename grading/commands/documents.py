"""`grading log` and `grading card`: the experiment log of a run and the card of a model, filled from the store."""

from pathlib import Path
from typing import Annotated

import typer

from grading.commands.terminal import Store, console, tracking_uri


def log(
    run_id: Annotated[str, typer.Argument(help="The run, or the beginning of its id.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of printing.")] = None,
    say: Annotated[list[str] | None, typer.Option(help="What only a person can say: objective=TEXT. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Fill the experiment log from a run; what only a person can say is marked as missing unless said."""
    from grading.documents.experiment_log import MAY_SAY, experiment_log

    _deliver(experiment_log(run_id, tracking_uri=tracking_uri(store), **_said(say, MAY_SAY)), output)


def card(
    version: Annotated[str, typer.Argument(help="A registered model's version as NAME/VERSION.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of printing.")] = None,
    say: Annotated[list[str] | None, typer.Option(help="What only a person can say: limitations=TEXT. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Fill the model card of a registered version; what only a person can say is marked as missing unless said."""
    from grading.documents.model_card import PERSONAL, model_card

    _deliver(model_card(version, tracking_uri=tracking_uri(store), **_said(say, PERSONAL)), output)


def _said(texts: list[str] | None, known: tuple[str, ...]) -> dict[str, str]:
    """What `--say name=text` said, by name; raises InputError for a name that is not known."""
    from grading.errors import InputError

    said = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or name.strip() not in known:
            raise InputError(f"expected --say NAME=TEXT with one of {', '.join(known)}; found {text!r}")
        said[name.strip()] = value
    return said


def _deliver(text: str, output: Path | None) -> None:
    from grading.errors import InputError
    from grading.files import write_whole

    if output is None:
        typer.echo(text)
        return
    if not output.parent.is_dir():
        folder = output.parent.absolute()
        raise InputError(f"expected a folder at {folder}; found none. Make it first, or name another file")
    try:
        write_whole(output, text)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror or error}") from None
    console.print(f"wrote {output}", soft_wrap=True)
