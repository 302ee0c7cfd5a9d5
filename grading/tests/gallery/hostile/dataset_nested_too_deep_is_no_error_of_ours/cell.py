import sqlite3

with sqlite3.connect("mlflow.db") as store:
    store.execute("update datasets set dataset_source = ?, dataset_profile = ?", ("[" * 100_000, "[" * 100_000))
