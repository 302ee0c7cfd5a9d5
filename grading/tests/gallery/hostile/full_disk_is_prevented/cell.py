import os
import time

for number in range(15):  # 300 MB at most
    with open(os.path.join(os.environ["TMPDIR"], f"{number}"), "wb") as file:
        file.write(os.urandom(1000) * 20_000)
time.sleep(20)
