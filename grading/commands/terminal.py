"""What every command shares: where it prints, and what its exit codes mean."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

OK, BELOW, USAGE, OURS = 0, 1, 2, 3
DEFAULT_URI = "sqlite:///mlflow.db"
# No colours for a file or a pipe, whatever FORCE_COLOR says: a notebook keeps what a command printed as text.
console = Console(color_system="auto" if sys.stdout.isatty() else None)
errors = Console(stderr=True, color_system="auto" if sys.stderr.isatty() else None)

Store = Annotated[
    str, typer.Option("--store", help="Tracking URI; MLFLOW_TRACKING_URI or sqlite:///mlflow.db unless given.")
]


def tracking_uri(given: str) -> str:
    """The store that `--store` names, or the environment, or the one in this folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI
