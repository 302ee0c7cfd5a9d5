"""What every command shares: where it prints, and what its exit codes mean."""

import contextlib
import os
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

OK, BELOW, USAGE, OURS = 0, 1, 2, 3
DEFAULT_URI = "sqlite:///mlflow.db"


class Terminal(Console):
    """Prints as long as somebody listens: a pipe that was closed, or a full disk, ends no command."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, or from now on do not."""
        try:
            super().print(*objects, **options)
        except OSError:
            self.quiet = True
            with contextlib.suppress(OSError, ValueError):  # what is left to print goes nowhere, at the end as well
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())

    def on_broken_pipe(self) -> None:
        """Leave it to `print`; a Console would end the program."""
        raise BrokenPipeError


# No colours for a file or a pipe, whatever FORCE_COLOR says: a notebook keeps what a command printed as text.
console = Terminal(color_system="auto" if sys.stdout.isatty() else None)
errors = Terminal(stderr=True, color_system="auto" if sys.stderr.isatty() else None)

Store = Annotated[
    str, typer.Option("--store", help="Tracking URI; MLFLOW_TRACKING_URI or sqlite:///mlflow.db unless given.")
]


def tracking_uri(given: str) -> str:
    """The store that `--store` names, or the environment, or the one in this folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI
