import os
import signal
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(100):
    try:
        if os.fork() == 0:
            if os.fork() == 0:
                time.sleep(100)
            os._exit(0)
    except OSError:
        pass
