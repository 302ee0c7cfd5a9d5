import os
import sqlite3

folder = sqlite3.connect("mlflow.db").execute("select artifact_uri from runs").fetchone()[0].removeprefix("file://")
here = os.getcwd()
os.makedirs(folder, exist_ok=True)
os.chdir(folder)
for _ in range(900):
    os.mkdir("d")
    os.chdir("d")
open("predictions.csv", "w").write("row,y_true,y_pred\n1,2,3\n")
os.chdir(here)
