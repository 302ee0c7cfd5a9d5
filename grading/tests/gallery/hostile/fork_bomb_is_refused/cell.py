import os
import time


def bomb():
    started = 0
    while started < 300:  # at most, should nothing hold it back
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        started += 1
    return started


attempt("300 processes", bomb)
