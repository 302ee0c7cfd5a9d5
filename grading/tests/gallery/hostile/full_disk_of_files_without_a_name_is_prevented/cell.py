import os
import time

kept = []
for number in range(15):  # 300 MB at most
    kept.append(open("gone", "wb"))
    os.unlink("gone")
    kept[-1].write(os.urandom(1000) * 20_000)
    kept[-1].flush()
time.sleep(20)
