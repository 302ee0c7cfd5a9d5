import sqlite3

with sqlite3.connect("mlflow.db") as store:
    store.execute("update runs set start_time = start_time % 1000, end_time = end_time % 1000")
