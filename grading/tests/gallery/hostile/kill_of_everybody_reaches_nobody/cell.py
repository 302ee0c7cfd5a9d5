import os
import signal

try:
    os.kill(-1, signal.SIGCONT)
except OSError:
    pass
