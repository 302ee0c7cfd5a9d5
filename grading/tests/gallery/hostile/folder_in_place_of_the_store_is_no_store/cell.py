import os

os.unlink("mlflow.db")
os.mkdir("mlflow.db")
os._exit(0)
