"""`grading new`: a notebook from the template."""

from pathlib import Path
from typing import Annotated

import typer

from grading.commands.terminal import console


def new(
    number: Annotated[str, typer.Argument(help="Two digits, such as 05.")],
    description: Annotated[str, typer.Argument(help="Small letters, digits and _, such as churn_model.")],
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("notebooks"),
) -> None:
    """Make a new notebook from the template, rightly named."""
    from grading.jupyter.template import new_notebook

    console.print(f"made {new_notebook(number, description, folder)}", soft_wrap=True)
