"""What every command shares: where it prints, and what its exit codes mean."""

import os
from typing import Annotated

import typer
from rich.console import Console

OK, BELOW, USAGE, OURS = 0, 1, 2, 3
DEFAULT_URI = "sqlite:///mlflow.db"
console = Console()
errors = Console(stderr=True)

Store = Annotated[
    str, typer.Option("--store", help="Tracking URI; MLFLOW_TRACKING_URI or sqlite:///mlflow.db unless given.")
]


def tracking_uri(given: str) -> str:
    """The store that `--store` names, or the environment, or the one in this folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI
