"""A view of the file system in which only a kernel's own folders can be changed: what Landlock does not hold back.

Landlock lets a process change the mode, times and attributes of any file that its user owns. In a mount namespace of
its own, where the kernel allows one to ordinary users, everything else is read-only.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_READ_ONLY, _AT_RECURSIVE, _AT_FDCWD = 1, 0x8000, -100
_MOUNT_SETATTR = 442  # the same on every architecture since Linux 5.12


class _MountAttributes(ctypes.Structure):
    _fields_ = [
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns", ctypes.c_uint64),
    ]


def make_all_read_only(but: Iterable[str]) -> None:
    """Make every mount read-only but these folders, for this single-threaded process and its children.

    Raises OSError where namespaces are not for everybody; the process then is as it was, or sees the same in others.
    """
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.unshare(NEW_USER | NEW_MOUNTS))
    for name, text in (("uid_map", f"{user} {user} 1"), ("setgroups", "deny"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)
    _checked(libc.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None))
    for folder in but:
        path = os.fsencode(folder)
        _checked(libc.mount(path, path, None, _BIND | _RECURSIVE, None))
    _set(libc, b"/", _AT_RECURSIVE, set=_READ_ONLY)
    for folder in but:
        _set(libc, os.fsencode(folder), 0, clear=_READ_ONLY)


def _set(libc: ctypes.CDLL, path: bytes, flags: int, **attributes: int) -> None:
    given = _MountAttributes(**attributes)
    _checked(libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path, flags, ctypes.byref(given), ctypes.sizeof(given)))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
