import ctypes
import fcntl
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def tried(work):  # refused, or pretended to have worked: the harness looks whether it was done
    try:
        work()
    except OSError:
        pass


for path in (world.key, world.answers, world.gradebook, world.store, world.home, f"{world.root}/data/diabetes_v1.csv"):
    name = os.fsencode(path)
    tried(lambda: os.chmod(path, 0o400))
    tried(lambda: os.utime(path, (1, 1)))
    tried(lambda: call(452, -100, name, 0o777, 0))  # fchmodat2
    attempt("owner", lambda: os.chown(path, os.getuid(), os.getgid()))
    attempt("attribute", lambda: os.setxattr(path, "user.hostile", b"1"))
    attempt("attribute at", lambda: call(463, -100, name, 0, b"user.hostile", struct.pack("<QII", 0, 0, 0), 16))
    attempt("attribute away", lambda: call(466, -100, name, 0, b"user.hostile"))
    attempt("flags", lambda: call(469, -100, name, struct.pack("<QIIII", 0x40, 0, 0, 0, 0), 24, 0))
    attempt("mount", lambda: call(467, -100, name, 1))
readable = os.open(f"{world.root}/data/diabetes_v1.csv", os.O_RDONLY)
tried(lambda: os.fchmod(readable, 0o777))
tried(lambda: os.utime(readable, (1, 1)))
attempt("lease", lambda: fcntl.fcntl(readable, fcntl.F_SETLEASE, fcntl.F_RDLCK))
attempt("flags of a descriptor", lambda: fcntl.ioctl(readable, 0x40086602, struct.pack("l", 0x30)))
attempt(
    "be told who opens it", lambda: call(254, os.open("/proc/self/fd/0", os.O_RDONLY), os.fsencode(world.home), 0xFFF)
)
