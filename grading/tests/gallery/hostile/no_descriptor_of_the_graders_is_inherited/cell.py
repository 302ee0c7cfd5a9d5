import os
import stat

own = (os.getcwd(), os.environ["HOME"])
for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
    try:
        target = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    ours = (
        target.startswith(("socket:", "pipe:", "anon_inode:[event", "/dev/null", *own))
        or target == f"/proc/{os.getpid()}/fd"
    )
    print(f"attempt {fd}: refused" if ours else f"attempt {fd}: SUCCEEDED {target}")
# Each of the sockets leads to itself, or to the kernel's own: nobody outside answers or is disturbed.
import socket

for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
    try:
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            continue
        with socket.socket(fileno=os.dup(fd)) as found:
            peer = found.getpeername() if found.type == socket.SOCK_SEQPACKET else ""
            print(f"attempt peer of {fd}: " + (f"SUCCEEDED {found}" if found.type != socket.SOCK_STREAM else "refused"))
    except OSError:
        continue
writable = [line for line in open("/proc/self/maps") if "rw-s" in line and "/dev/zero" not in line]
print("attempt memory shared with the warm process:", f"SUCCEEDED {writable}" if writable else "refused")
