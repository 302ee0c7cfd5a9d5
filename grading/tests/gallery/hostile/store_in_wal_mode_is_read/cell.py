import os
import sqlite3

store = sqlite3.connect("mlflow.db", isolation_level=None)
store.execute("pragma journal_mode = wal")
store.execute("update runs set name = 'in the log'")
os._exit(0)
