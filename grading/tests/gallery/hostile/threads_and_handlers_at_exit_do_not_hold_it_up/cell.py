import atexit
import threading
import time

for _ in range(5):
    threading.Thread(target=time.sleep, args=(100,)).start()
atexit.register(time.sleep, 100)
