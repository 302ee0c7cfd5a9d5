import sqlite3
import time

with sqlite3.connect("mlflow.db") as store:
    uuid, experiment, where = store.execute("select run_uuid, experiment_id, artifact_uri from runs").fetchone()
    columns = [row[1] for row in store.execute("pragma table_info(runs)")]
    for number in range(10_000):
        values = {"run_uuid": f"{number:032x}", "name": f"'run {number % 50}'", "start_time": "start_time + 1"}
        values["run_uuid"] = f"'{number:032x}'"
        chosen = ", ".join(values.get(name, f'"{name}"') for name in columns)
        store.execute(f"insert into runs select {chosen} from runs where run_uuid = ?", (uuid,))
        for table in ("params", "tags", "latest_metrics"):
            names = [row[1] for row in store.execute(f"pragma table_info({table})")]
            chosen = ", ".join("?" if name == "run_uuid" else f'"{name}"' for name in names)
            store.execute(
                f"insert into {table} select {chosen} from {table} where run_uuid = ?", (f"{number:032x}", uuid)
            )
        store.execute(
            "insert into tags(key, value, run_uuid) values ('mlflow.parentRunId', ?, ?)", (uuid, f"{number:032x}")
        )
