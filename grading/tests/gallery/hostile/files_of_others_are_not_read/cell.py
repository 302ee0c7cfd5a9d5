import os
import subprocess
import sys

for name in ("key", "answers", "gradebook", "store", "data_csv"):
    path = getattr(world, name)
    attempt(f"read {name}", lambda: open(path).read())
    attempt(f"read {name} with a program", lambda: subprocess.check_output(["cat", path], stderr=subprocess.DEVNULL))
    attempt(f"open {name} as a path and then read", lambda: open(f"/proc/self/fd/{os.open(path, os.O_PATH)}").read())
    attempt(f"link to {name}", lambda: os.link(path, f"link-{name}"))
for name in ("folder", "home", "submission", "scratch", "warm_folder"):
    attempt(f"list {name}", lambda: os.listdir(getattr(world, name)))
for name in ("grading/solutions/m9_01/task1.py", "grading/tests/hostile.py", ".git/config", "notebooks/README.md"):
    attempt(f"read {name}", lambda: open(f"{world.root}/{name}").read())
attempt("import the solutions", lambda: __import__("pkgutil").get_data("grading", "solutions/m9_01/task1.py"))
for name in ("guard", "warm", "grader", "victim", "init"):
    pid = {"guard": os.getppid(), "init": 1}.get(name) or getattr(world, name)
    for file in ("environ", "maps", "mem", "root/etc/passwd", "cwd/.", "fd/0", "auxv"):
        attempt(f"read {file} of {name}", lambda: open(f"/proc/{pid}/{file}", "rb").read(100))
    attempt(f"descriptors of {name}", lambda: os.listdir(f"/proc/{pid}/fd"))
for path in ("/root", "/home", "/tmp", "/var", "/proc", "/etc", "/sys", "/run", "/dev", "/dev/shm", "/mnt", "/"):
    attempt(f"list {path}", lambda: os.listdir(path))
for path in (
    "/etc/shadow",
    "/etc/sudoers",
    "/proc/kcore",
):
    attempt(f"read {path}", lambda: open(path, "rb").read(100))
