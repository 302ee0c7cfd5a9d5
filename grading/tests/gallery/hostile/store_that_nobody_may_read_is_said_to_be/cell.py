import os
import shutil

shutil.copyfile("mlflow.db", "copy")
os.unlink("mlflow.db")
fd = os.open("mlflow.db", os.O_CREAT | os.O_WRONLY, 0)
os.write(fd, open("copy", "rb").read())
os._exit(0)
