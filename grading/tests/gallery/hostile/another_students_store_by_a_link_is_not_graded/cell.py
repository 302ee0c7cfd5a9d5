import os

for name in ("mlflow.db", "mlflow.db-journal", "mlflow.db-wal", "mlflow.db-shm"):
    if os.path.exists(name):
        os.unlink(name)
os.symlink(world.store, "mlflow.db")
import mlflow

mlflow.set_tracking_uri(f"sqlite:///{os.environ['HOME']}/own.db")
mlflow.set_experiment("elsewhere")
