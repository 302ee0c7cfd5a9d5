"""The command line: parse, call, print. Exit 0 done · 1 below the mark or not met · 2 wrong input · 3 our error."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import typer
from rich.markup import escape

from grading import quiet
from grading.commands.terminal import BELOW, OURS, USAGE, errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grade notebooks by the evidence they leave in an MLflow store.",
)
COMMANDS = (  # module and function
    ("grade", "grade"),
    ("staff.cohort", "cohort"),
    ("staff.verify", "verify"),
    ("new", "new"),
    ("gate", "gate"),
    ("documents", "log"),
    ("documents", "card"),
    ("staff.bundle", "bundle"),
    ("doctor", "doctor"),
)
for module, command in COMMANDS:
    if not module.startswith("staff.") or find_spec("grading.commands.staff"):  # students do not receive these
        app.command()(getattr(import_module(f"grading.commands.{module}"), command))


def main() -> None:
    """Run the command line; what is wrong is said in a sentence, never in a traceback."""
    from grading.errors import GradingError, InputError

    quiet.apply()
    try:
        app(standalone_mode=True)
    except InputError as error:
        _stop(str(error), USAGE)
    except GradingError as error:
        _stop(str(error), BELOW)
    except KeyboardInterrupt:
        _stop("stopped", 130)
    except Exception as error:
        if os.environ.get("GRADING_DEBUG"):
            raise
        _stop(
            f"the grader failed ({type(error).__name__}: {error}). GRADING_DEBUG=1 shows where; please report it.", OURS
        )


def _stop(message: str, code: int) -> NoReturn:
    errors.print(f"[red]✗[/] {escape(message)}", soft_wrap=True)
    raise SystemExit(code)
