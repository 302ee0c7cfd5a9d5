"""A world with something to lose, and everything of it that a hostile cell may not change."""

import contextlib
import os
import secrets
import select
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from grading.files import ROOT
from grading.running.kernels.privileges import FIRST_USER, USERS, can_change_user
from grading.running.kernels.warm_process import shared

WATCHED = ("grading", "data", "notebooks", "docs", ".git/config", ".git/hooks", ".git/HEAD", ".venv/bin", ".venv/var")
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
SECRET = "ssh-key-of-somebody-else"


class World:
    """What there is to lose: somebody's home, submission and grades, a process, listeners, our own code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        folder.chmod(0o777)  # nothing but confinement keeps a user of the kernel's own out of here
        self.token = f"hostile-{secrets.token_hex(6)}"
        self.files = {
            name: self._file(name, text)
            for name, text in {
                "home/.ssh/id_rsa": SECRET, "home/.bashrc": "# theirs\n", "home/.netrc": "machine localhost\n",
                "home/.config/git/config": "[user]\n", "submissions/ada/answers.txt": "42\n",
                "gradebook.csv": "student,points\nada,100\n", "data.csv": "row,a\n1,2\n",
            }.items()
        }  # fmt: skip
        self.store = self._store(folder / "submissions/ada/mlflow.db")
        self.victim = subprocess.Popen(
            ["sleep", "900"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"VICTIM_SECRET": self.token, "PATH": os.defpath},
        )
        self.tcp, self.udp = (self._inet(kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))
        self.unix, self.datagram = (
            self._unix(str(folder / name), kind)
            for name, kind in (("stream.sock", socket.SOCK_STREAM), ("datagram.sock", socket.SOCK_DGRAM))
        )
        self.abstract, self.abstract_datagram = (
            self._unix(f"\0{self.token}{kind}", kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        )
        self.files["submissions/ada/mlflow.db"] = self.store

    def _file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in (path, *path.parents):
            if parent == self.folder:
                break
            parent.chmod(0o777 if parent.is_dir() else 0o666)
        os.utime(path, (1_000_000_000, 1_000_000_000))
        return path

    def _store(self, path: Path) -> Path:
        """Another student's store, with a run in it."""
        import mlflow

        shutil.copyfile(shared().empty_store, path)
        mlflow.set_tracking_uri(f"sqlite:///{path}")
        mlflow.create_experiment("of another student", artifact_location=str(path.parent / "artifacts"))
        mlflow.set_experiment("of another student")
        with mlflow.start_run(run_name="of another student"):
            mlflow.log_metric("test_rmse", 1.0)
        path.chmod(0o666)
        return path

    def _inet(self, kind: socket.SocketKind) -> socket.socket:
        found = socket.socket(socket.AF_INET, kind)
        found.bind(("127.0.0.1", 0))
        return _listening(found, kind)

    def _unix(self, address: str, kind: socket.SocketKind) -> socket.socket:
        found = socket.socket(socket.AF_UNIX, kind)
        found.bind(address)
        if not address.startswith("\0"):
            Path(address).chmod(0o777)
        return _listening(found, kind)

    def places(self) -> dict[str, Any]:
        """What a cell is told: where everything is."""
        return {
            "token": self.token, "folder": str(self.folder), "home": str(self.folder / "home"),
            "key": str(self.files["home/.ssh/id_rsa"]), "submission": str(self.folder / "submissions/ada"),
            "answers": str(self.files["submissions/ada/answers.txt"]), "store": str(self.store),
            "gradebook": str(self.files["gradebook.csv"]), "data_csv": str(self.files["data.csv"]),
            "unix": str(self.folder / "stream.sock"), "datagram": str(self.folder / "datagram.sock"),
            "abstract": f"{self.token}{socket.SOCK_STREAM}", "abstract_datagram": f"{self.token}{socket.SOCK_DGRAM}",
            "tcp": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1], "root": str(ROOT),
            "victim": self.victim.pid, "grader": os.getpid(), "warm": shared()._process.pid,
            "scratch": tempfile.gettempdir(), "warm_folder": str(shared().folder),
        }  # fmt: skip

    def condition(self, descendants: list[int] | None = None) -> dict[str, Any]:
        """Everything that a hostile cell may not change, as values to compare; waits for only these `descendants`."""
        processes = {"victim": self.victim.pid, "grader": os.getpid(), "warm": shared()._process.pid}
        return {
            **{f"file {name}": (_marks(path), path.read_bytes()) for name, path in self.files.items()},
            **{f"process {name}": _process(pid) for name, pid in processes.items()},
            "folder": sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*")),
            "scratch": sorted(path.name for path in Path(tempfile.gettempdir()).iterdir()),
            "warm folder": sorted(str(path) for path in shared().folder.rglob("*")),
            "listeners": self.spoken_to(),
            "descendants": _descendants(descendants),
            "left behind": self._left_behind(),
            "this process": (str(Path.cwd()), os.umask(os.umask(0o22) or 0o22), sorted(os.environ.items())),
            "repository": _tree(),
        }

    def spoken_to(self) -> list[str]:
        """The listeners that somebody connected or sent something to."""
        listeners = ("tcp", "udp", "unix", "datagram", "abstract", "abstract_datagram")
        return [name for name in listeners if select.select([getattr(self, name)], [], [], 0)[0]]

    def _left_behind(self) -> list[str]:
        """Entries of the folders that everybody may write to, which a case made."""
        found = []
        for folder in SHARED_FOLDERS:
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        owner = entry.stat(follow_symlinks=False).st_uid
                        elsewhere = entry.name.startswith("grading-")  # another grader's, at work on this machine
                        if self.token in entry.name or (can_change_user() and _is_kernels(owner) and not elsewhere):
                            found.append(entry.path)
        return found

    def end(self) -> None:
        """End the process; close the listeners."""
        self.victim.kill()
        self.victim.wait()
        for name in ("tcp", "udp", "unix", "datagram", "abstract", "abstract_datagram"):
            getattr(self, name).close()


def _listening(found: socket.socket, kind: socket.SocketKind) -> socket.socket:
    if kind == socket.SOCK_STREAM:
        found.listen(5)
    return found


def _marks(path: Path) -> tuple[Any, ...]:
    """What of a file can be changed without its content; the time of change cannot be set by anybody."""
    found = path.lstat()
    marks = (
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_nlink,
        found.st_ino,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )
    return (*marks, os.listxattr(path, follow_symlinks=False))


def _process(pid: int) -> tuple[Any, ...]:
    limits = Path(f"/proc/{pid}/limits").read_text()
    state = "alive" if psutil.Process(pid).status() not in ("stopped", "zombie", "dead") else "not alive"
    scheduled = (os.sched_getaffinity(pid), os.sched_getscheduler(pid), os.getpriority(os.PRIO_PROCESS, pid))
    return state, limits, *scheduled, Path(f"/proc/{pid}/oom_score_adj").read_text()


def _descendants(expected: list[int] | None) -> list[int]:
    """Every process below this one: none can leave, since this one adopts orphans. A guard needs a moment to end."""
    for _ in range(50):
        found = sorted(process.pid for process in psutil.Process().children(recursive=True))
        if expected in (None, found):
            break
        time.sleep(0.1)
    return found


def _is_kernels(user: int) -> bool:
    return FIRST_USER <= user < FIRST_USER + USERS


def _tree() -> dict[str, tuple[Any, ...]]:
    """The marks of our own code, data and environment, but for what Python compiles."""
    found = {}
    for name in WATCHED:
        place = ROOT / name
        for path in (place, *place.rglob("*")) if place.exists() else ():
            if "__pycache__" not in path.parts:
                entry = path.lstat()
                times = () if stat.S_ISDIR(entry.st_mode) else (entry.st_ctime_ns,)
                found[str(path)] = (entry.st_mode, entry.st_uid, entry.st_ino, entry.st_size, *times)
    return found
