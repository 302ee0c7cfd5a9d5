import sqlite3

with sqlite3.connect("mlflow.db") as store:
    for table in ("metrics", "latest_metrics"):
        store.execute(f"update {table} set value = 1.5 where key = 'test_rmse'")
