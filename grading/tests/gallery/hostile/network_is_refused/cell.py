import ctypes
import os
import socket
import struct
import subprocess
import sys

here = "127.0.0.1"
query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04name\x07invalid\x00\x00\x01\x00\x01"
attempt("tcp", lambda: socket.create_connection((here, world.tcp), 2).send(b"x"))
attempt(
    "tcp of a program",
    lambda: subprocess.check_output(
        [sys.executable, "-c", f"import socket; socket.create_connection(('{here}', {world.tcp}), 2)"],
        stderr=subprocess.DEVNULL,
    ),
)
attempt(
    "tcp of a shell",
    lambda: subprocess.check_output(["bash", "-c", f"echo x > /dev/tcp/{here}/{world.tcp}"], stderr=subprocess.DEVNULL),
)
attempt("tcp without waiting", lambda: socket.socket().sendto(b"x", 0x20000000, (here, world.tcp)))
attempt("tcp, version 6", lambda: socket.socket(socket.AF_INET6).connect((f"::ffff:{here}", world.tcp)))
attempt("udp, as a question for a name", lambda: socket.socket(2, socket.SOCK_DGRAM).sendto(query, (here, world.udp)))
attempt("listen", lambda: socket.socket().bind((here, 0)))
attempt("stream at a path", lambda: socket.socket(1).connect(world.unix))
attempt("stream, abstract", lambda: socket.socket(1).connect("\0" + world.abstract))
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
    attempt(f"{kind} at a path", lambda: socket.socket(1, kind).sendto(b"x", world.datagram))
    attempt(f"{kind} of a pair at a path", lambda: socket.socketpair(1, kind)[0].sendto(b"x", world.datagram))
    attempt(
        f"{kind} of a pair, abstract",
        lambda: socket.socketpair(1, kind)[0].sendto(b"x", "\0" + world.abstract_datagram),
    )
attempt("stream of a pair at a path", lambda: socket.socketpair()[0].sendto(b"x", world.unix))
for family in (2, 10, 16, 17, 31, 38, 40, 44, (1 << 32) + 2):  # INET INET6 NETLINK PACKET BLUETOOTH ALG VSOCK XDP
    attempt(
        f"family {family}", lambda: socket.socket(family % 2**32, 3) if family > 2**32 else socket.socket(family, 2)
    )
libc = ctypes.CDLL(None, use_errno=True)


def raw(*arguments):
    if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if os.uname().machine == "x86_64":
    attempt("socket with bits that the system ignores", lambda: raw(41, (1 << 32) + 2, 1, 0))
    attempt(
        "datagram pair with such bits",
        lambda: raw(53, 1, (1 << 32) + 2, 0, ctypes.addressof(ctypes.create_string_buffer(8))),
    )
for number in (425, 426, 427):
    attempt(f"io_uring {number}", lambda: raw(number, 8, 0, 0))
