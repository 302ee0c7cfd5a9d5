import os
import time

for _ in range(60):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
for number in range(10):  # 200 MB
    with open(f"{number}", "wb") as file:
        file.write(os.urandom(1000) * 20_000)
time.sleep(20)
