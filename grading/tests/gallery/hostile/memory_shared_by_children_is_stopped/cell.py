import mmap
import time

kept = []
for _ in range(20):  # 1 GB at most
    kept.append(mmap.mmap(-1, 50_000_000))
    kept[-1].write(b"x" * 50_000_000)
    time.sleep(0.05)
time.sleep(20)
