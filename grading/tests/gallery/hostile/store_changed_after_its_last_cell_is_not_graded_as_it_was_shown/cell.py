import os
import sqlite3
import time

if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(0.01)
        try:
            with sqlite3.connect("mlflow.db", timeout=0.1) as store:
                store.execute("update runs set end_time = end_time")
        except sqlite3.Error:
            pass
