"""What a confined process may not keep of root: its user, its capabilities, a way to get them back.

Root is exempt from the limit of processes and owns every file of the grader's. So where the grader is root, a kernel
gets a user of its own, and of root's capabilities at most the right to read, which Landlock then limits.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

CHOWN, READ_SEARCH, SETGID, SETUID, SETPCAP = 0, 2, 6, 7, 8  # linux/capability.h
NEEDED = (CHOWN, SETGID, SETUID)
LAST = 63
# Below what user namespaces of containers usually map, above what people and services have.
FIRST_USER, USERS = 20_000, 40_000
_VERSION = 0x20080522  # of the structures: two words of 32 bits each
_PDEATHSIG, _DUMPABLE, _KEEPCAPS, _CAPBSET_DROP, _SUBREAPER, _AMBIENT, _RAISE = 1, 4, 8, 24, 36, 47, 2


def can_change_user() -> bool:
    """Whether this process is root with what it takes to become somebody else."""
    return os.geteuid() == 0 and all(_effective() >> number & 1 for number in NEEDED)


def own_user(pid: int, folders: Iterable[str]) -> int | None:
    """A user id for the kernel of the guard with this process id, as good as unique among those that run.

    None when it cannot be given one, or could not reach these folders (git asks the user, whatever else is allowed).
    """
    if not can_change_user():
        return None
    above = {parent for folder in folders for parent in Path(folder).parents}
    return FIRST_USER + pid % USERS if all(parent.stat().st_mode & stat.S_IXOTH for parent in above) else None


def become(user: int, must_read: Iterable[Path]) -> None:
    """Become this user without a capability, or with the one to read where `must_read` needs it.

    For a single-threaded process; raises OSError.
    """
    _give_up_for_ever({READ_SEARCH})
    os.setgroups([])
    os.setresgid(user, user, user)
    prctl(_KEEPCAPS, 1)
    os.setresuid(user, user, user)
    _keep(set() if all(os.access(path, os.R_OK) for path in must_read) else {READ_SEARCH})


def drop() -> None:
    """Keep the user and lose every capability; raises OSError."""
    _give_up_for_ever(set())
    _keep(set())


def die_with_parent(number: int) -> None:
    """Send this process a signal when the one that forked it ends; a change of user forgets it."""
    prctl(_PDEATHSIG, number)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    prctl(_SUBREAPER, 1)


def prctl(option: int, value: int, third: int = 0) -> None:
    """The system call; raises OSError."""
    _checked(_libc().prctl(option, value, third, 0, 0))


def _give_up_for_ever(but: set[int]) -> None:
    """No program that is started may have these again; who is not root never had them."""
    if _effective() >> SETPCAP & 1:
        for number in set(range(LAST + 1)) - but:
            _libc().prctl(_CAPBSET_DROP, number, 0, 0, 0)  # EINVAL: this kernel has fewer


def _keep(kept: set[int]) -> None:
    words = sum(1 << number for number in kept)  # all that is kept is in the lower 32
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    _checked(_libc().capset(header, (ctypes.c_uint32 * 6)(words, words, words, 0, 0, 0)))
    for number in kept:
        prctl(_AMBIENT, _RAISE, number)  # or a program that the kernel starts could not be read
    prctl(_DUMPABLE, 1)  # a change of user takes a process's own /proc/self from it


def _effective() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
