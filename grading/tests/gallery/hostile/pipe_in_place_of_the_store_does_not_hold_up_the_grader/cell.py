import os

os.unlink("mlflow.db")
os.mkfifo("mlflow.db", 0o400)
os._exit(0)
