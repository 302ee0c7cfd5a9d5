import os
import signal
import time

for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(name, signal.SIG_IGN)
for _ in range(5):  # 32 at most
    try:
        os.fork()
    except OSError:
        pass
    if os.getpid() != os.getpgid(0):
        os.setpgid(0, 0) if os.getpid() % 2 else None
if os.getpid() != os.getsid(0):
    time.sleep(60)
    os._exit(0)
