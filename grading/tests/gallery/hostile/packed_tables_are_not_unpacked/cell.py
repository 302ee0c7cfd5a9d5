import gzip
import hashlib
import json
import pathlib
import sqlite3

line = b"1,2,3\n" * 1_000_000
file = pathlib.Path("diabetes_own.csv.gz").resolve()
with gzip.open(file, "wb", 1) as packed:
    packed.write(b"row,progression,b\n")
    for _ in range(60):  # 360 MB, and several times that as a table
        packed.write(line)
with sqlite3.connect("mlflow.db") as store:
    store.execute("update datasets set dataset_source = ?", (json.dumps({"uri": str(file)}),))
    store.execute(
        "update tags set value = ? where key = 'data_sha256'", (hashlib.sha256(file.read_bytes()).hexdigest(),)
    )
