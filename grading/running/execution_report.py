"""How running a notebook went: how it ended, which cells failed, what it used."""

from enum import StrEnum

from grading.frozen import Frozen


class State(StrEnum):
    """How the notebook's execution ended."""

    FINISHED = "FINISHED"
    RAISED = "RAISED"  # a cell raised; the cells after it ran all the same
    TIMED_OUT = "TIMED_OUT"
    KERNEL_DIED = "KERNEL_DIED"
    UNREADABLE = "UNREADABLE"  # a cell sent output that is no notebook output
    NOT_RUN = "NOT_RUN"  # graded from a store that already existed


class CellFailure(Frozen):
    """A cell that did not finish, in plain words."""

    cell: str  # the cell's id, or its number and first line without one
    error: str  # the exception's name and message, on one line


class ExecutionReport(Frozen):
    """What happened while the notebook ran."""

    state: State
    seconds: float = 0.0
    failures: tuple[CellFailure, ...] = ()
    notes: tuple[str, ...] = ()  # facts a person should know: "no kernelspec: run as Python"
    confinement: str = "none"  # what confined the kernel
    cpu_seconds: float = 0.0  # of the kernel and all that it started; 0 when it was an ordinary one
    peak_memory: int = 0  # bytes, beyond what the warm process shares with it
