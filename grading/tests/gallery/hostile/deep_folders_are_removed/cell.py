import os

os.mkdir("deep")
os.chdir("deep")
for _ in range(10_000):
    os.mkdir("d")
    os.chdir("d")
