import sys

for _ in range(200):
    print("x" * 1_000_000)
    sys.stdout.flush()
