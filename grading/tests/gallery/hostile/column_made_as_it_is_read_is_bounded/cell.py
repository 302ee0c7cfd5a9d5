import os
import sqlite3

with sqlite3.connect("mlflow.db") as store:
    store.execute("drop table params")
    store.execute("create table params(run_uuid, n, key as ('k' || n), value as (hex(zeroblob(500000)) || n))")
    store.executemany("insert into params(run_uuid, n) values ('r', ?)", [(n,) for n in range(4000)])
os._exit(0)
