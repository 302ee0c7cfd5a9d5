import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


side = 4_400
rows = zlib.compress(bytes((side * 3 + 1) * side), 9)
header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
open("a.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
import os
import shutil

os.makedirs("many")
for number in range(100):
    shutil.copyfile("a.png", f"many/residuals{number}.png")
with mlflow.start_run(run_id=my_run):
    mlflow.log_artifacts("many")
