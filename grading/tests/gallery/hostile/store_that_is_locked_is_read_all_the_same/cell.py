import sqlite3
import time

store = sqlite3.connect("mlflow.db", isolation_level=None)
store.execute("pragma locking_mode = exclusive")
store.execute("begin exclusive")
time.sleep(60)
