"""Run one notebook alone: its own folder, empty store, commit and time limit; then the kernel is gone."""

import contextlib
import filecmp
import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets.config import Config

from grading.errors import InputError, shorten
from grading.evidence.code_version import CodeVersion, commit_folder
from grading.running.bounded_client import BoundedClient
from grading.running.cell_names import cell_name
from grading.running.environment import bare_environment
from grading.running.execution_report import CellFailure, ExecutionReport, State
from grading.running.kernels.confinement import DEFAULT, Box, Confine, ConfinementError, Limits, strength
from grading.running.kernels.guard import Usage
from grading.running.kernels.provisioner import KERNEL_NAME, Order
from grading.running.kernels.warm_process import WarmthError, shared
from grading.running.notebook import Notebook
from grading.running.scratch import scratch_folder
from grading.running.surroundings import copy_companions, lay_course, lay_tools

TIMEOUT = 300.0  # seconds for a whole notebook
LONGEST_OUTPUT = 1_000_000  # characters of one output that are kept in the executed notebook
SHUTDOWN = 60.0  # seconds for a guard to end what a kernel started; it kills, and need not ask
STORE = "mlflow.db"
INJECTED = "injected-parameters"  # the tag that papermill gives this cell


@dataclass(frozen=True)
class Execution:
    """What running a notebook left behind."""

    report: ExecutionReport
    folder: Path  # everything the notebook wrote
    tracking_uri: str
    code: CodeVersion
    notebook: Any  # the executed notebook, with outputs
    companions: frozenset[str] = frozenset()  # names of the data files that were handed in with it


def run_notebook(
    notebook: Notebook,
    folder: Path,
    *,
    data: Path,
    timeout: float = TIMEOUT,
    node: Any | None = None,
    warm: bool = True,
    confine: Confine = "auto",
    limits: Limits = DEFAULT,
    after_cell: Callable[[Any, Execution], None] | None = None,
) -> Execution:
    """Run a notebook (or `node`, an overlay of it) in a new kernel, going on after a cell that fails.

    `folder` must not hold anything yet; `timeout` is in seconds, for the whole notebook. `warm=False`: in an ordinary
    kernel, though a warm one could be had; an ordinary one is never confined. `after_cell` is called with each code
    cell that was run and what there is so far; the kernel waits.
    Raises InputError when the folder cannot be written or the kernel not be confined though `confine` is "on", and
    WarmthError when the warm process died while the notebook ran.
    """
    node = notebook.node if node is None else node
    work, private = folder / "work", folder / "private"
    try:
        for path in (work, private):
            path.mkdir(parents=True)
        copy = work / notebook.path.name
        nbformat.write(node, copy)
    except OSError as error:
        raise InputError(
            f"expected a folder that can be written at {folder}; found: {error.strerror or error}"
        ) from None
    companions = copy_companions(notebook.path, work)
    changed = lay_tools(notebook.path.parent, work)
    beside = lay_course(folder, data)
    code = commit_folder(work, notebook.path.name)
    tracking_uri = f"sqlite:///{(work / STORE).as_posix()}"
    values = {"TRACKING_URI": tracking_uri, "DATA_DIR": data.resolve().as_posix()}
    executed = _parameterize(node, values)
    kernel = _lay_store(work / STORE) if warm else "python3"
    confined = _is_confined(confine, kernel)
    environment = bare_environment(private) | {"MLFLOW_TRACKING_URI": tracking_uri}
    with _connection_folder() as connection:
        limits = replace(limits, cpu_seconds=math.ceil(timeout))
        box = Box((str(work), str(private)), (str(data.resolve()), *map(str, beside)), (str(connection),), limits)
        order = Order(box if confined else None)

        def look(cell: Any) -> None:
            confinement = order.kernel.confinement if order.kernel else "none"
            report = ExecutionReport(state=State.FINISHED, seconds=0, confinement=confinement)
            if after_cell:
                after_cell(cell, Execution(report, work, tracking_uri, code, executed, companions))

        report = _run(executed, work, connection, environment, timeout, kernel, order, look)
    if kernel == KERNEL_NAME:
        _take_back_store(work / STORE)
    handed_in = (f"handed in with it: {shorten(sorted(companions))}",) if companions else ()
    tools = (f"used with its own changed copy of {shorten(changed)}",) if changed else ()
    notes = (*notebook.notes, *handed_in, *tools, *_strays(work))
    return Execution(report.model_copy(update={"notes": notes}), work, tracking_uri, code, executed, companions)


def _lay_store(file: Path) -> str:
    """The name of the kernel to use; with a warm one, `file` is an empty store that MLflow need not make first."""
    try:
        shutil.copyfile(shared().empty_store, file)
    except WarmthError:
        return "python3"
    return KERNEL_NAME


def _is_confined(confine: Confine, kernel: str) -> bool:
    missing = "only warm kernels can be confined, and there is none" if kernel != KERNEL_NAME else strength().missing
    if confine == "on" and missing:
        raise InputError(f"expected to confine the notebook; found that {missing}. --confine off runs it unconfined")
    return confine != "off" and not missing


@contextlib.contextmanager
def _connection_folder() -> Iterator[Path]:
    """A folder for the kernel's sockets, with a short path: they have 107 bytes for it."""
    long = len(tempfile.gettempdir()) > 60
    with scratch_folder("grading-", "/tmp" if long else None) as folder:
        yield folder.resolve()


def _take_back_store(file: Path) -> None:
    """Remove a store that the notebook never touched: it logged nothing, and that is what the scorecard must say."""
    with contextlib.suppress(WarmthError, OSError):
        if filecmp.cmp(file, shared().empty_store, shallow=False):
            file.unlink()


def _run(
    node: Any,
    work: Path,
    connection: Path,
    environment: dict[str, str],
    timeout: float,
    kernel: str,
    order: Order,
    look: Callable[[Any], None],
) -> ExecutionReport:
    start = time.monotonic()
    begun = ["the start of the kernel"]  # names of cells, noted before they run: a killed kernel tells nothing
    warm, config = kernel == KERNEL_NAME, Config()
    config.KernelManager.connection_file = str(connection / "kernel.json")
    config.KernelManager.transport = "ipc" if warm else "tcp"  # with a path of its own: no port to race for

    def left(cell: Any) -> float:
        """Seconds; a kernel that never says that it is idle costs some more in each cell, so there may be none."""
        seconds = timeout - (time.monotonic() - start)
        if seconds <= 0:
            raise CellTimeoutError.error_from_timeout_and_cell("late", int(timeout), cell)
        return seconds

    client = BoundedClient(
        node,
        kernel_name=kernel,
        config=config,
        allow_errors=True,
        timeout_func=left,
        startup_timeout=min(timeout, 120),
        store_widget_state=False,
        on_cell_executed=lambda cell, **_: look(cell),
        on_cell_execute=lambda cell, cell_index: begun.append(cell_name(cell, cell_index + 1)),
        resources={"metadata": {"path": str(work)}},
    )
    state = State.FINISHED
    failures: list[CellFailure] = []
    try:
        # What native code prints is nobody's output; Jupyter's streams come over the kernel's sockets.
        more = {"order": order} if warm else {}
        client.execute(env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    except (WarmthError, ConfinementError):
        raise
    except CellTimeoutError:
        state = State.TIMED_OUT
        failures.append(CellFailure(cell=begun[-1], error=f"not finished after {timeout:.0f} seconds in all"))
    except (DeadKernelError, RuntimeError) as error:
        state = State.KERNEL_DIED
        failures.append(CellFailure(cell=begun[-1], error=f"the kernel died: {shorten(error) or 'no message'}"))
    except Exception as error:  # messages that no notebook format allows: a KeyError, a ValidationError of nbformat
        state = State.UNREADABLE
        failures.append(CellFailure(cell=begun[-1], error=shorten(f"{type(error).__name__}: {error}")))
    raised = _errors(node)
    if state is State.FINISHED and raised:
        state = State.RAISED
    usage = _usage(order)
    if usage.stopped:
        state, failures = State.KERNEL_DIED, [CellFailure(cell=begun[-1], error=f"stopped: it used {usage.stopped}")]
    return ExecutionReport(
        state=state,
        seconds=round(time.monotonic() - start, 2),
        failures=(*raised, *failures),
        confinement=order.kernel.confinement if order.kernel else "none",
        cpu_seconds=usage.cpu_seconds,
        peak_memory=usage.peak_memory,
    )


def _usage(order: Order) -> Usage:
    """What the kernel used; raises WarmthError when the process it was forked from is gone, and it with that."""
    if order.kernel is None:
        return Usage()
    order.kernel.kill()  # one that broke the protocol could not be asked to end
    order.kernel.wait(SHUTDOWN)
    if order.kernel.usage is None:
        raise WarmthError("the warm process died while the notebook ran")
    return order.kernel.usage


def _errors(node: Any) -> tuple[CellFailure, ...]:
    found = []
    for number, cell in enumerate(node.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                error = shorten(f"{output.ename}: {output.evalue}")
                found.append(CellFailure(cell=cell_name(cell, number), error=error))
            elif len(output.get("text", "")) > LONGEST_OUTPUT:
                output["text"] = output["text"][:LONGEST_OUTPUT] + "\n… cut"
    return tuple(found)


def _parameterize(node: Any, values: dict[str, str]) -> Any:
    """A copy without outputs, with papermill's cell of values after the one tagged `parameters`, or else at the top."""
    copy = nbformat.from_dict(node)
    copy.cells = [nbformat.from_dict(cell) for cell in node.cells]
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    tagged = [index for index, cell in enumerate(copy.cells) if "parameters" in cell.metadata.get("tags", [])]
    source = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    injected = nbformat.v4.new_code_cell(source, metadata={"tags": [INJECTED]}, id=INJECTED)
    copy.cells.insert(tagged[0] + 1 if tagged else 0, injected)
    return copy


def _strays(work: Path) -> tuple[str, ...]:
    """A note when the notebook kept another store than the one it was given."""
    expected = work / "mlflow.db"
    others = [path.name for path in (*work.glob("*.db"), *work.glob("*/*.db")) if path != expected]
    notes = []
    if others:
        notes.append(f"a store of the notebook's own, {shorten(others[0])}, was not graded: let TRACKING_URI decide")
    if not expected.exists():
        notes.append("the store at TRACKING_URI is not there: nothing was logged to it, or it was deleted")
    return tuple(notes)
