import os
import shutil
import site
import sys

name = world.token
python = f"{sys.prefix}/lib/python{sys.version_info.major}.{sys.version_info.minor}"
new = [
    f"{folder}/{name}" for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/usr/lib", "/root", world.scratch)
]
new += [
    f"{world.root}/{place}/{name}" for place in ("grading", "data", "notebooks", ".git/hooks", "grading/solutions", "")
]
new += [
    f"{python}/site-packages/{name}.pth",
    f"{sys.prefix}/bin/{name}",
    f"{sys.prefix}/etc/{name}",
    f"{sys.prefix}/var/{name}",
]
new += [
    f"{world.home}/{place}"
    for place in (name, ".ssh/authorized_keys", ".ipython/profile_default/startup/0.py", ".bashrc2")
]
new += [
    f"{world.folder}/{name}",
    f"{world.submission}/{name}",
    f"{world.warm_folder}/{name}",
    f"{world.root}/conftest.py",
]
for path in new:
    attempt(f"make {path}", lambda: open(path, "x"))
    attempt(f"make the folder {path}", lambda: os.mkdir(path))
    attempt(f"link {path}", lambda: os.symlink("/etc/passwd", path))
    attempt(f"make a pipe {path}", lambda: os.mkfifo(path))
    attempt(f"move to {path}", lambda: (open("mine", "w").close(), os.rename("mine", path)))
    attempt(f"bind {path}", lambda: __import__("socket").socket(1).bind(path))
import grading, mlflow

theirs = [getattr(world, each) for each in ("key", "answers", "gradebook", "store", "data_csv")]
theirs += [
    grading.__file__,
    mlflow.__file__,
    sys.executable,
    f"{world.root}/data/diabetes_v1.csv",
    f"{world.root}/.git/config",
]
for path in theirs:
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_APPEND, os.O_RDONLY | os.O_TRUNC):
        attempt(f"open {path} {flags}", lambda: os.open(path, flags))
    attempt(f"truncate {path}", lambda: os.truncate(path, 0))
    attempt(f"remove {path}", lambda: os.unlink(path))
    attempt(f"move {path}", lambda: os.rename(path, "mine"))
    attempt(f"move onto {path}", lambda: (open("mine", "w").close(), os.replace("mine", path)))
    attempt(f"exchange {path}", lambda: shutil.move(path, path + "~"))
