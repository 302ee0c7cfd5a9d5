import os
import sqlite3

folder = sqlite3.connect("mlflow.db").execute("select artifact_uri from runs").fetchone()[0].removeprefix("file://")
os.makedirs(folder, exist_ok=True)
for name in ("predictions.csv", "leaderboard.csv", "figure.png"):
    os.symlink(world.answers, os.path.join(folder, name))
os.symlink(world.submission, os.path.join(folder, "more"))
os.symlink(folder, os.path.join(folder, "loop"))
with sqlite3.connect("mlflow.db") as store:
    store.execute("update experiments set artifact_location = ?", (world.submission,))
