import os
import sqlite3

store = sqlite3.connect("mlflow.db", isolation_level=None)
store.execute("create trigger t after insert on runs begin update runs set name = 'x'; end")
store.execute("create table other(a default (randomblob(10)), b as (printf('%.*c', 1000000, 'x')))")
store.execute("create index i on runs(name) where name like '%x'")
store.execute("pragma user_version = 99")
store.execute("pragma application_id = 1")
store.execute("pragma writable_schema = on")
store.execute(
    "insert into sqlite_master values('table', 'tags2', 'tags2', 0, 'create virtual table tags2 using csv(filename=\"/etc/passwd\")')"
)
os._exit(0)
