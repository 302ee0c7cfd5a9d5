import threading
import time


def start():
    for number in range(300):
        threading.Thread(target=time.sleep, args=(15,), daemon=True).start()
    return number


attempt("300 threads", start)
