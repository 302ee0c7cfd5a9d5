import os
import socket
import stat

attempt("a device", lambda: os.mknod("device", stat.S_IFBLK | 0o666, os.makedev(8, 0)))
attempt("memory as a device", lambda: os.mknod("memory", stat.S_IFCHR | 0o666, os.makedev(1, 1)))
import sqlite3

folder = sqlite3.connect("mlflow.db").execute("select artifact_uri from runs").fetchone()[0].removeprefix("file://")
for place in (".", os.environ["HOME"], folder):
    for name in ("predictions.csv", "log.md", "figure.png", "other.db"):
        os.mkfifo(f"{place}/{name}", 0o400)
    os.chdir(place)
    socket.socket(socket.AF_UNIX).bind("leaderboard.csv")
