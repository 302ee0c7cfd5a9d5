import sqlite3

with sqlite3.connect("mlflow.db") as store:
    uuid = store.execute("select run_uuid from runs where name = 'cv-alpha10'").fetchone()[0]
    for table in ("runs", "params", "tags", "latest_metrics", "metrics"):
        names = [row[1] for row in store.execute(f"pragma table_info({table})")]
        forged = (
            {"run_uuid": "'" + "f" * 32 + "'", "name": "'cv-alpha20'"}
            if table == "runs"
            else {"run_uuid": "'" + "f" * 32 + "'"}
        )
        chosen = ", ".join(forged.get(name, f'"{name}"') for name in names)
        store.execute(f"insert into {table} select {chosen} from {table} where run_uuid = ?", (uuid,))
    store.execute("update tags set value = 'cv-alpha20' where run_uuid = ? and key = 'mlflow.runName'", ("f" * 32,))
    for table in ("latest_metrics", "metrics"):
        store.execute(f"update {table} set value = 1.5 where run_uuid = ? and key = 'cv_rmse_mean'", ("f" * 32,))
