import os
import time

os.mkdir("many")
for number in range(4000):
    os.mknod(f"many/{number}")
time.sleep(20)
