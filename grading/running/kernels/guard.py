"""The guard of one kernel: its parent, which counts what it and its descendants use, and leaves none of them behind.

It runs nothing of a student's. It speaks to the owner of the warm process over a socket of its own: when the owner
closes it, or dies, everything here ends; when the kernel ends, the guard says what was used, and closes it.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from grading.errors import shorten
from grading.files import PACKAGE
from grading.running.kernels import privileges
from grading.running.kernels.confinement import MEGABYTE, Box, Limits, confine, prepare

POLL = 0.2  # seconds between two looks
TICK = os.sysconf("SC_CLK_TCK")
LONGEST_PATH = 2_000  # characters; the system takes 4,096 at once
SLOW = 0.05  # seconds for one look at the folders; slower ones are made less often


@dataclass
class Usage:
    """What a kernel and everything it started used, up to its end."""

    cpu_seconds: float = 0.0
    peak_memory: int = 0  # bytes, beyond the warm process's
    stopped: str = ""  # which limit it went over


def stand(owner: socket.socket, box: Box | None) -> socket.socket:
    """Fork: return in the child, confined to the box, with its end of a channel; in the parent watch it, for ever.

    The owner is sent the child's id and confinement with descriptors of the child, of this guard's socket and of the
    channel's other end; or {"problem": ...} when the child could not be confined.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setsid()
    privileges.adopt_orphans()
    privileges.die_with_parent(signal.SIGTERM)  # of the warm process
    # Packages ask the user, too, whether their files are there: Alembic does.
    user = privileges.own_user(os.getpid(), (*box.own, sys.prefix, str(PACKAGE))) if box else None
    telling, told = os.pipe()
    channel, other_end = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.close(telling)
        other_end.close()
        _begin(owner, box, user, told)
        return channel
    os.close(told)
    channel.close()
    said = _whole(telling) or json.dumps({"problem": "the process ended while it was being confined"})
    if "problem" in json.loads(said):
        owner.send(said.encode())
        os._exit(1)
    ours, theirs = socket.socketpair()
    child = os.pidfd_open(pid)
    fds = [child, theirs.fileno(), other_end.fileno()]
    socket.send_fds(owner, [json.dumps({"pid": pid, **json.loads(said)}).encode()], fds)
    for end in (owner, theirs, other_end):
        end.close()
    return Guard(pid, child, ours, box).until_the_end()


def _begin(owner: socket.socket, box: Box | None, user: int | None, told: int) -> None:
    """In the child: a process group of its own, and confined; what goes wrong is told."""
    try:
        os.setsid()  # to be interrupted and killed as a whole
        owner.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        confinement = "none"
        if box:
            prepare(box, user)
            confinement = confine(box, user)
        privileges.die_with_parent(signal.SIGKILL)
    except Exception as error:
        os.write(told, json.dumps({"problem": shorten(f"{type(error).__name__}: {error}")}).encode())
        os._exit(1)
    os.write(told, json.dumps({"confinement": confinement}).encode())
    os.close(told)


class Guard:
    """Watches one child and all its descendants."""

    def __init__(self, pid: int, child: int, socket: socket.socket, box: Box | None) -> None:
        self.pid, self.child, self.socket = pid, child, socket
        self.folders = box.own if box else ()
        self.limits = box.limits if box else None
        self.usage = Usage()
        self._warm = _anonymous(os.getpid())  # the child shares these pages
        self._mapped = _deleted_maps(os.getpid())  # libraries that were upgraded under the warm process, say
        self._next_folders = 0.0

    def until_the_end(self) -> NoReturn:
        """Watch until the child ends, goes over a limit, or nobody wants it any more; then end all and say what was."""
        signal.signal(signal.SIGTERM, lambda *_: self.end(tell=False))  # the warm process died
        ends: list[Any] = [self.child, self.socket]
        while not select.select(ends, [], [], POLL)[0]:
            self.usage.stopped = self.look()
            if self.usage.stopped:
                break
        self.end()

    def end(self, *, tell: bool = True) -> NoReturn:
        """Kill and reap every descendant, tell the owner, and be gone."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        kill_descendants()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.usage.cpu_seconds = round(used.ru_utime + used.ru_stime, 3)
        with contextlib.suppress(OSError):  # the owner is gone
            if tell:
                self.socket.send(json.dumps(asdict(self.usage)).encode())
        os._exit(0)

    def look(self) -> str:
        """Which limit all of them together are over, in words; empty when none."""
        processes = list(descendants())
        memory = sum(self._memory(pid) for pid in processes)
        self.usage.peak_memory = max(self.usage.peak_memory, memory)
        if self.limits is None:
            return ""
        cpu = sum(map(_cpu_seconds, processes))
        return (
            over("memory", memory / MEGABYTE, self.limits.memory / MEGABYTE, " MB")
            or over("processor time", cpu, self.limits.cpu_seconds, " seconds")
            or over("processes at a time", len(processes), self.limits.processes)
            or self._disk(self.limits, processes)
        )

    def _memory(self, pid: int) -> int:
        """Bytes that the process does not share with the warm one."""
        if pid == self.pid:
            return max(0, _anonymous(pid) - self._warm)
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            shared = sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
            return 1024 * shared + _status(pid, "VmPTE:")
        return _anonymous(pid)

    def _disk(self, limits: Limits, processes: Sequence[int]) -> str:
        start = time.monotonic()
        if start < self._next_folders:
            return ""
        size, files = self._nameless(processes), 0
        for entry in _entries(self.folders):
            files += 1
            if len(entry.path) > LONGEST_PATH:  # further down, nobody could count
                return over("characters in a path", len(entry.path), LONGEST_PATH)
            with contextlib.suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_blocks * 512
            if files > limits.files:
                break
        took = time.monotonic() - start
        self._next_folders = start + took * 20 if took > SLOW else 0.0
        return over("disk space", size / MEGABYTE, limits.disk / MEGABYTE, " MB") or over("files", files, limits.files)

    def _nameless(self, processes: Sequence[int]) -> int:
        """Bytes of files that were deleted and are still open or mapped; one only mapped could be as large as any."""
        opened: dict[tuple[int, int], int] = {}
        mapped: set[tuple[int, int]] = set()
        for pid in processes:
            with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        found = entry.stat()
                        if not found.st_nlink and stat.S_ISREG(found.st_mode):
                            opened[found.st_dev, found.st_ino] = found.st_blocks * 512
            mapped |= _deleted_maps(pid)
        return sum(opened.values()) + (self.limits or Limits()).file_size * len(mapped - opened.keys() - self._mapped)


def over(what: str, found: float, most: float, unit: str = "") -> str:
    """In words, that there is more than there may be; empty when there is not."""
    return f"more than {most:,.0f}{unit} of {what}".replace("of files", "files") if found > most else ""


def descendants() -> Iterator[int]:
    """Every process that this one or a descendant started; orphans come to this one, so none is missed."""
    waiting = [os.getpid()]
    while waiting:
        for file in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                found = [int(pid) for pid in file.read_text().split()]
                waiting += found
                yield from found


def kill_descendants() -> None:
    """Kill and reap every descendant; one that forks meanwhile may not do so twice."""
    while True:
        for pid in list(descendants()):
            with contextlib.suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_NPROC, (0, 0))
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            time.sleep(0.005)
        except ChildProcessError:
            return


def _entries(folders: Sequence[str]) -> Iterator[os.DirEntry[str]]:
    waiting = list(folders)
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _anonymous(pid: int) -> int:
    """Bytes of memory that no file backs, and of the tables that say where it is: reading nothing fills those."""
    return _status(pid, "RssAnon:", "RssShmem:", "VmPTE:")


def _status(pid: int, *names: str) -> int:
    """The sum of these sizes of a process, in bytes."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(names))
    return 0


def _deleted_maps(pid: int) -> set[tuple[int, int]]:
    """Device and number of the deleted files that a process has mapped; memory that children share is none."""
    with contextlib.suppress(OSError):
        fields = [
            line.split(maxsplit=5) for line in Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").splitlines()
        ]
        return {
            (os.makedev(*(int(part, 16) for part in line[3].split(":"))), int(line[4]))
            for line in fields
            if len(line) == 6 and line[5].endswith(" (deleted)") and not line[5].startswith(("/dev/zero", "/SYSV"))
        }
    return set()


def _cpu_seconds(pid: int) -> float:
    """User and system time of the process and of its children that were waited for."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICK
    return 0.0


def _whole(fd: int) -> str:
    """All that is written to the pipe, until it is closed."""
    with open(fd, "rb") as pipe:
        return pipe.read().decode("utf-8", "replace")
