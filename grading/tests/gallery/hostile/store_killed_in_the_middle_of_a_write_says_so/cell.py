import os
import signal
import sqlite3

store = sqlite3.connect("mlflow.db", isolation_level=None)
store.execute("pragma cache_size = 1")
store.execute("pragma cache_spill = on")
store.execute("begin")
for number in range(300):
    store.execute("insert into experiments(name, lifecycle_stage) values (?, 'active')", (str(number) * 500,))
    store.execute("update runs set name = ?", ("x" * number * 10,))
os.kill(os.getpid(), signal.SIGKILL)
