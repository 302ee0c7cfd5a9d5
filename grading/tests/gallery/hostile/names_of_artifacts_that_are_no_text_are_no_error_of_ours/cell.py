import os
import sqlite3

folder = sqlite3.connect("mlflow.db").execute("select artifact_uri from runs").fetchone()[0].removeprefix("file://")
os.makedirs(folder, exist_ok=True)
for name in (b"\xff", b"a\nb", b"\x1b[31mred", b"=1+1", b"<script>alert(1)<"):
    for ending in (b"predictions.csv", b"leaderboard.csv", b".png", b"log.md", b"requirements.txt", b"failure.txt"):
        with open(os.fsencode(folder) + b"/" + name + ending, "wb") as file:
            file.write(b"\xff\xfe=<script>alert(1)</script>,\n\0")
