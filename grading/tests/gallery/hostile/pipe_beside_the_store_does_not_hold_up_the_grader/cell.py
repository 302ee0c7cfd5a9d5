import os
import sqlite3

os.mkfifo("mlflow.db-journal", 0o400)
os.mkfifo("mlflow.db-wal", 0o400)
del os.environ["MLFLOW_TRACKING_URI"]
import mlflow

mlflow.set_tracking_uri(f"sqlite:///{os.environ['HOME']}/own.db")
