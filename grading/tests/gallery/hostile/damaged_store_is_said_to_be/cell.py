import os

open("mlflow.db", "wb").write(os.urandom(100_000))
os._exit(0)
