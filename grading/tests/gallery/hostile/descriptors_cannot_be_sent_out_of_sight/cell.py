import os
import socket


def send():
    one, other = socket.socketpair()
    file = os.open("gone", os.O_CREAT | os.O_RDWR)
    os.unlink("gone")
    socket.send_fds(one, [b"x"], [file])
    return "a descriptor is on its way"


attempt("send a descriptor", send)
