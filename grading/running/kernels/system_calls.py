"""System calls that a confined process may not make: no network, no way out, no change of others' permissions.

Rules are read by libseccomp, which also refuses the other architectures' numbers of the same calls.
"""

import errno
import fcntl
import socket
import sys
from typing import Any

# Ways to other processes, to the kernel, to other files by their number, and round this filter.
REFUSED: tuple[str, ...] = (
    "connect", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    "bpf", "perf_event_open", "userfaultfd", "fanotify_init", "add_key", "request_key", "keyctl",
    "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig", "fspick",
    "mount_setattr", "unshare", "setns", "open_by_handle_at", "name_to_handle_at",
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "acct", "quotactl",
    "quotactl_fd", "syslog", "iopl", "ioperm", "vhangup", "personality", "chown", "fchown", "fchownat", "lchown",
    "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "setxattrat", "removexattrat",
    "file_setattr", "shmget", "msgget", "semget", "mq_open",
    # What is seen of others' files as they open them; descriptors on their way, which are in no process and no count.
    "inotify_add_watch", "sendmsg", "sendmmsg",
)  # fmt: skip
# The first argument may be another process. That of a library may be a thread of its own, and it dies of a refusal.
OWN_ONLY: tuple[str, ...] = ("prlimit64", "migrate_pages", "move_pages")
OWN_OR_PRETENDED: tuple[str, ...] = ("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
# Memory that belongs to no process, calls the filter cannot look into: callers fall back on older ones.
MISSING = ("memfd_create", "memfd_secret", "clone3", "io_uring_setup", "io_uring_enter", "io_uring_register")
# Where nothing else holds them back: they do nothing, for libraries that copy files take a refusal for a failure.
PRETENDED = ("chmod", "fchmod", "fchmodat", "fchmodat2")
# The folder is thrown away after grading, which reads what the kernel holds: nothing need reach the disk.
UNNEEDED = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range")
NAMESPACES = (0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x00000080)
# Numbers of Linux 6.6 and later, the same everywhere, which libseccomp may not know by name: none is needed.
NEWER = range(453, 600)
_TYPE = 0xF  # what of a socket's type is not a flag
_INT = 0xFFFFFFFF  # what the system looks at of an argument


def library() -> Any:
    """The module `pyseccomp`; None where libseccomp is not installed, or on another system than Linux."""
    if sys.platform != "linux":
        return None
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        return None
    return pyseccomp


def restrict(*, modes: bool) -> None:
    """Restrict this thread and its children, for ever; raises OSError when the kernel refuses.

    `modes`: whether the modes of files can be left to be changed, since others' files are protected otherwise.
    What remains of sockets is a stream at a path, to be bound: how a kernel is reached. Whether the path may be made is
    for Landlock to say.
    """
    seccomp = library()
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)  # or one thread dies and the rest waits for it
    for action, names in (
        (seccomp.ERRNO(errno.EPERM), REFUSED),
        (seccomp.ERRNO(errno.ENOSYS), MISSING),
        (seccomp.ERRNO(0), UNNEEDED if modes else (*UNNEEDED, *PRETENDED)),
    ):
        for name in names:
            number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
            if number >= 0:  # else this architecture or this libseccomp does not have it
                rules.add_rule(action, number)
    for number in NEWER:
        rules.add_rule(seccomp.ERRNO(errno.ENOSYS), number)
    no = seccomp.ERRNO(errno.EPERM)
    for action, names in ((no, OWN_ONLY), (seccomp.ERRNO(0), OWN_OR_PRETENDED)):
        for name in names:
            rules.add_rule(action, name, seccomp.Arg(0, seccomp.NE, 0))
    for name, process in (("setpriority", 0), ("ioprio_set", 1)):  # both take a kind, and then whose
        rules.add_rule(no, name, seccomp.Arg(0, seccomp.NE, process))
        rules.add_rule(no, name, seccomp.Arg(1, seccomp.NE, 0))
    rules.add_rule(no, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, _INT, fcntl.F_SETLEASE))  # others wait to open it
    refuse = seccomp.ERRNO(errno.EACCES)
    rules.add_rule(refuse, "socket", seccomp.Arg(0, seccomp.GT, socket.AF_NETLINK))
    for family in set(range(socket.AF_NETLINK)) - {socket.AF_UNIX}:
        rules.add_rule(refuse, "socket", seccomp.Arg(0, seccomp.EQ, family))
    # libzmq asks for the machine's interfaces and ends the process on other errors than this.
    rules.add_rule(seccomp.ERRNO(errno.EOPNOTSUPP), "socket", seccomp.Arg(0, seccomp.EQ, socket.AF_NETLINK))
    unix = seccomp.Arg(0, seccomp.EQ, socket.AF_UNIX)
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        rules.add_rule(refuse, "socket", unix, seccomp.Arg(1, seccomp.MASKED_EQ, _TYPE, kind))
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):  # one of a pair may send to any path all the same
        rules.add_rule(refuse, "socketpair", seccomp.Arg(1, seccomp.MASKED_EQ, _TYPE, kind))
    for flag in NAMESPACES:
        rules.add_rule(no, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    rules.load()
