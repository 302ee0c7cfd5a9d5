import sqlite3

with sqlite3.connect("mlflow.db") as store:
    for table in ("params", "tags", "experiment_tags", "input_tags"):
        store.execute(f"update {table} set value = ?", ('{"a": ' * 20_000,))
    store.execute("update latest_metrics set value = 1e308, step = 9e18")
    store.execute("update metrics set value = -1e308, timestamp = 9e18")
