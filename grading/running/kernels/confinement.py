"""What a notebook's kernel may touch and use: a box of folders and limits, closed with what this machine has.

Landlock holds back files, signals and (where the kernel can) ports; seccomp the network and system calls; resource
limits what one process uses; the guard what all of them use together. None needs root or a container.
"""

import contextlib
import functools
import os
import resource
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from grading.errors import GradingError
from grading.files import PACKAGE, ROOT
from grading.running.kernels import namespaces, privileges, system_calls

Confine = Literal["auto", "on", "off"]
MEGABYTE = 1_000_000
SYSTEM = (  # programs and libraries
    "/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share",
    "/usr/local/bin", "/usr/local/lib", "/usr/local/share",
)  # fmt: skip
PYTHON = ("bin", "lib", "lib64", "include", "share", "etc", "var", "pyvenv.cfg")  # of an environment's folder
SETTINGS = (
    "/etc/alternatives", "/etc/debian_version", "/etc/fonts", "/etc/group", "/etc/gitconfig", "/etc/host.conf",
    "/etc/hostname", "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload",
    "/etc/locale.alias", "/etc/lsb-release", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/timezone",
    "/proc/self",
    "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
WITHHELD = (PACKAGE / "solutions", PACKAGE / "tests")


class ConfinementError(GradingError):
    """A kernel could not be confined as it had to be: the grader's trouble, never the student's."""


@dataclass(frozen=True)
class Limits:
    """What all processes of one notebook may use; sizes in bytes, beyond what the warm process had."""

    cpu_seconds: int = 300
    memory: int = 2000 * MEGABYTE
    file_size: int = 500 * MEGABYTE
    disk: int = 1000 * MEGABYTE
    files: int = 20_000
    processes: int = 200  # threads count
    open_files: int = 1024


DEFAULT = Limits()


@dataclass(frozen=True)
class Box:
    """What one kernel is confined to: folders of its own, what it may read beside the system's, and limits."""

    write: tuple[str, ...]
    read: tuple[str, ...] = ()
    bind: tuple[str, ...] = ()  # to be written to as well, but for links: others connect to what lies there
    limits: Limits = field(default_factory=Limits)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `Box.of` is the way back."""
        return asdict(self)

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Box":
        """The box that `as_dict` described."""
        folders = {name: tuple(said[name]) for name in ("write", "read", "bind")}
        return cls(**folders, limits=Limits(**said["limits"]))

    @property
    def own(self) -> tuple[str, ...]:
        """The folders that are the kernel's own."""
        return self.write + self.bind


@dataclass(frozen=True)
class Strength:
    """What this machine can confine with."""

    landlock: int  # the version of its interface; 0: none
    seccomp: bool

    @property
    def enough(self) -> bool:
        """Whether somebody else's notebook may be run: files and the network are held back."""
        return bool(self.landlock and self.seccomp)

    @property
    def missing(self) -> str:
        """Why it is not enough, in a sentence; empty when it is."""
        if sys.platform != "linux":
            return "confinement needs Linux"
        if not self.landlock:
            return "this kernel has no Landlock (Linux 5.13 or newer, and enabled)"
        return "" if self.seccomp else "libseccomp is not installed (Debian: apt install libseccomp2)"


@functools.cache
def strength() -> Strength:
    """What this machine can confine with."""
    if sys.platform != "linux":
        return Strength(0, seccomp=False)
    import landlockpy

    return Strength(landlockpy.abi_version(), system_calls.library() is not None)


def prepare(box: Box, user: int | None) -> None:
    """Give the box's own folders to the user that its kernel will be."""
    if user is None:
        return
    for folder in box.own:
        os.chown(folder, user, user)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent, name), user, user, follow_symlinks=False)


def confine(box: Box, user: int | None) -> str:
    """Confine this single-threaded process and its children, for ever; in words, with what.

    Raises OSError or ConfinementError; the process must not go on then.
    """
    if not strength().enough:
        raise ConfinementError(strength().missing)
    Path("/proc/self/oom_score_adj").write_text("1000")  # the first to go when the machine runs out of memory
    limit(box.limits, user)
    apart = ""
    if user is None:
        with contextlib.suppress(OSError):
            namespaces.make_all_read_only(box.own)
            apart = ", read-only mounts"
        privileges.drop()
    else:
        privileges.become(user, (Path(sys.executable), *map(Path, (__file__, *box.own, *box.read))))
        apart = ", own user"
    _restrict_files(box)
    system_calls.restrict(modes=bool(apart))
    signals = " and signals" if strength().landlock >= 6 else ""
    return f"Landlock {strength().landlock} (files{signals}), seccomp (no network), limits{apart}"


def limit(limits: Limits, user: int | None) -> None:
    """Set what one process may use; the guard sees to what they use together."""
    cpu, memory = limits.cpu_seconds + 5, _data_segment() + limits.memory
    processes = limits.processes + (0 if user is not None else _threads_of_mine())
    for name, most in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        hard = resource.getrlimit(name)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (most, most))


def _restrict_files(box: Box) -> None:
    from landlockpy import AccessFS, Ruleset, Scope, fs_for_abi

    on_file = AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.EXECUTE | AccessFS.TRUNCATE | AccessFS.IOCTL_DEV
    read = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
    own = fs_for_abi(strength().landlock) & ~(AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.IOCTL_DEV)
    device = AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.IOCTL_DEV
    with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        common = [(path, read) for path in _common()] + [(path, device) for path in DEVICES]
        common.append((str(PACKAGE.parent), AccessFS.READ_DIR))  # names only: Python lists where it imports from
        # Programs that a kernel starts read their own /proc/self. Others' memory, environment and files stay closed.
        common.append(("/proc", AccessFS.READ_FILE))
        boxed = [(path, read) for path in box.read] + [(path, own) for path in box.write]
        for path, rights in (*common, *boxed, *((path, own & ~AccessFS.MAKE_SYM) for path in box.bind)):
            try:
                mode = os.stat(path).st_mode  # noqa: PTH116  many paths, each once a kernel
            except OSError:
                if path in (*box.read, *box.own):
                    raise
                continue  # this system has none, or not for this user
            rules.allow_path(path, rights if stat.S_ISDIR(mode) else rights & on_file)
        rules.restrict()


@functools.cache
def _common() -> tuple[str, ...]:
    """What every kernel may read: programs, the interpreter, this package and its documents, but no solutions."""
    roots = {Path(root) for root in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    python = (root / name for root in sorted(roots) for name in PYTHON)
    documents = (ROOT / "docs").glob("*.md")  # templates that lessons fill
    places = (*map(Path, (*SYSTEM, *SETTINGS)), *python, PACKAGE, *documents)
    return tuple(str(path) for place in places for path in _but_withheld(place))


def _but_withheld(place: Path) -> Iterator[Path]:
    """The place, or its entries where something in it is withheld."""
    if place in WITHHELD:
        return
    if any(path.is_relative_to(place) for path in WITHHELD):
        for entry in place.iterdir():
            yield from _but_withheld(entry)
    else:
        yield place


def _data_segment() -> int:
    """What the limit of the data segment counts already, in bytes."""
    status = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in status if line.startswith("VmData")).split()[1])


def _threads_of_mine() -> int:
    """How many threads this user has on the whole machine: the kernel counts them all against the limit."""
    import psutil

    mine, found = os.getuid(), 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        found += (process.info["num_threads"] or 1) if uids and uids.real == mine else 0
    return found
