import socket

kept = [socket.socketpair() for _ in range(100)]
for one, _ in kept:
    one.setblocking(False)
    try:
        while True:
            one.send(bytes(100_000))
    except BlockingIOError:
        pass
