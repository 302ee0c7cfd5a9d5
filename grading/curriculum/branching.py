"""Branches of a running notebook: its kernel forks, the child goes on with other cells, the kernel waits for its end.

This runs inside the kernel, for the gallery: its cases share all that they have in common with the solution.
"""

import atexit
import contextlib
import gc
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from grading.running.reproduction import PREDICTOR

_after_cells: list[Callable[[], object]] = []  # IPython's, that would take each part for a cell: pictures are closed


def part(source: str, *, ends: bool = True) -> str:
    """Run a cell, or statements of one that goes on unless it `ends`; what they raised, in words, or nothing."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    done = shell.run_cell(source, store_history=False, silent=True)
    _after_cells.extend(shell.events.callbacks["post_execute"])
    shell.events.callbacks["post_execute"].clear()
    for after in _after_cells if ends else ():
        after()
    error = done.error_before_exec or done.error_in_exec
    return f"{type(error).__name__}: {error}" if error else ""


def branch(cells: Sequence[tuple[str, str]]) -> None:
    """Fork, run these cells (id, source) in the child, and print what they raised: a JSON object by cell.

    Nothing is printed of a child that died.
    """
    from sqlalchemy import Engine

    for engine in [found for found in gc.get_objects() if isinstance(found, Engine)]:
        engine.dispose()  # SQLite's connections must not be carried over a fork
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the kernel's other threads hold nothing that the child needs
        pid = os.fork()
    if pid == 0:
        _go_on(cells, writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as stream:  # noqa: PTH123  a descriptor
        said = stream.read()
    if os.waitpid(pid, 0)[1] == 0:
        print(said)


def _go_on(cells: Sequence[tuple[str, str]], told: int) -> NoReturn:
    status = 1
    gc.freeze()  # else the first collection copies every page
    with contextlib.suppress(BaseException):
        _be_silent()
        os.environ[PREDICTOR] = f"{os.getpid()}:{os.environ[PREDICTOR].partition(':')[2]}"
        raised = {id: error for id, source in cells if (error := part(source))}
        threading._shutdown()  # type: ignore[attr-defined]  # the end of a kernel, see `zygote`
        atexit._run_exitfuncs()
        os.write(told, json.dumps(raised).encode())
        status = 0
    os._exit(status)


def _be_silent() -> None:
    """Say nothing over the sockets, which are the kernel's; what cells show is no evidence."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    shell._showtraceback = shell.display_pub.publish = lambda *_, **__: None
    stream: Any = type(sys.stdout)
    stream.write, stream.flush = lambda _, text: len(text), lambda _: None
    nothing = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nothing, descriptor)
