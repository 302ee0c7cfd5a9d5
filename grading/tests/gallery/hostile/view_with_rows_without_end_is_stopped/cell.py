import os
import sqlite3

with sqlite3.connect("mlflow.db") as store:
    store.execute("drop table params")
    store.execute("create table seeds(run_uuid, n, key as ('k'), value as (hex(zeroblob(500000))))")
    store.executemany("insert into seeds(run_uuid, n) values ('r', ?)", [(n,) for n in range(4000)])  # 4 GB when read
    store.execute("create view params as select run_uuid, key || n as key, value || n as value from seeds")
os._exit(0)
