"""Hostile cases: each is graded in a world with something to lose, and what became of that world is proved.

`python grading/tests/hostile.py CASE…` runs cases of `gallery/hostile` and prints, a line a case, a JSON object with
what is wrong (`problems`, empty when all is as it must be); without cases it reads their names from its input. It is a
program of its own so that it can be started as another user. A cell's prelude gives it `world` (places and ports of
this very process, on the loopback address only) and `attempt(name, act)`, which records that something was refused.
"""

import contextlib
import faulthandler
import io
import json
import os
import resource
import secrets
import select
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
import psutil
from rich.console import Console

from grading import quiet
from grading.assessment.assessment import Assessment, assess
from grading.curriculum.gallery import is_spectator
from grading.curriculum.proofs import NOTEBOOKS
from grading.files import ROOT
from grading.lessons import find_lesson, solution_sources
from grading.marking.verdict import Scorecard, Verdict
from grading.reports import html, junit, text
from grading.reports import json as as_json
from grading.running import reproduction
from grading.running.execution_report import State
from grading.running.kernels import prediction, privileges
from grading.running.kernels.confinement import MEGABYTE, Limits
from grading.running.kernels.privileges import FIRST_USER, USERS, can_change_user
from grading.running.kernels.warm_process import shared
from grading.running.notebook import overlay, read_notebook

CASES = Path(__file__).parents[1] / "gallery" / "hostile"
WATCHED = ("grading", "data", "notebooks", "docs", ".git/config", ".git/hooks", ".git/HEAD", ".venv/bin", ".venv/var")
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
LONGEST = 150  # seconds for one case before this process gives up on itself, with a traceback
SPARE = 1500 * MEGABYTE  # bytes that this process, the grader, may need: whatever a case makes it read
MOST_MEMORY = 700 * MEGABYTE  # bytes that the grader may really need for one case
SECRET = "ssh-key-of-somebody-else"
FORGED = "SUCCEEDED"
PRELUDE = """
import json, os, types
world = types.SimpleNamespace(**json.loads({world!r}))
def attempt(name, act):
    try:
        found = act()
    except BaseException as error:
        print(f"attempt {{name}}: refused: {{type(error).__name__}} {{error}}"[:300])
    else:
        print(f"attempt {{name}}: SUCCEEDED {{found!r}}"[:300])
"""
RUN = """
import mlflow
mlflow.set_experiment("a study of ridge penalties")
with mlflow.start_run(run_name={name!r}):
    mlflow.log_params({{"alpha": 1.0, "seed": 7}})
    mlflow.log_metrics({{"test_rmse": 60.0, "test_r2": 0.4}})
    mlflow.log_text("a text", "text.txt")
"""


class Case:
    """A hostile cell and what must come of it."""

    def __init__(self, name: str) -> None:
        self.name, self.folder = name, CASES / name
        self.expected: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        self.cell = (self.folder / "cell.py").read_text("utf-8") + self.expected.get("append", "")

    def notebook(self, folder: Path, world: dict[str, Any]) -> Path:
        """The notebook to grade, written into this folder: small, or the solved first lesson with the cell in it."""
        prelude = PRELUDE.format(world=json.dumps(world))
        if "lesson" not in self.expected:
            cells = [("prelude", prelude), ("before", RUN.format(name="before")), ("hostile", self.cell)]
            more = [(f"more{number}", "pass") for number in range(self.expected.get("more_cells", 0))]
            node = _notebook([*cells, *more, ("after", RUN.format(name="after"))])
            name = "M9_01_a_hostile_one.ipynb"
        else:
            lesson = find_lesson(self.expected["lesson"])
            name, original = lesson.file_name, read_notebook(NOTEBOOKS / lesson.file_name)
            node = overlay(original.node, solution_sources(lesson))
            node.cells = [cell for cell in node.cells if not is_spectator(cell)]
            after = [cell.id for cell in node.cells].index(self.expected.get("after", "document-work")) + 1
            node.cells[after:after] = _notebook([("prelude", prelude), ("hostile", self.cell)]).cells
        path = folder / name
        path.write_text(json.dumps(node))
        for companion in self.folder.glob("*.csv"):
            shutil.copyfile(companion, folder / companion.name)
        return path


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


class Gallery:
    """Runs cases one after the other with one warm process, and says what is wrong after each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cpu_seconds = 0.0  # of the last case: the grader's and the notebook's, without the models'
        self.world = World(folder / "world")
        resource.setrlimit(
            resource.RLIMIT_DATA, (_status("VmData") + SPARE, resource.getrlimit(resource.RLIMIT_DATA)[1])
        )

    @cached_property
    def usual(self) -> Scorecard:
        """What the small notebook gets when its hostile cell does nothing."""
        card = self.grade(Case("cell_that_does_nothing")).scorecard
        if card.execution.state != State.FINISHED or not card.score:
            raise RuntimeError(f"the harmless notebook did not get its points: {card.execution}")
        return card

    def grade(self, case: Case) -> Assessment:
        """Grade one case, as an instructor would who insists on confinement."""
        folder = self.folder / "handed-in"
        folder.mkdir()
        try:
            path = case.notebook(folder, self.world.places())
            limits = Limits(**case.expected.get("limits", {}))
            vars(prediction)["TIMEOUT"] = case.expected.get("prediction_timeout", reproduction.TIMEOUT)
            start = time.process_time()
            found = assess(path, timeout=case.expected.get("timeout", 60), confine="on", limits=limits)
            self.cpu_seconds = time.process_time() - start + found.scorecard.execution.cpu_seconds
            return found
        finally:
            shutil.rmtree(folder)

    def problems(self, case: Case) -> list[str]:
        """What is not as it must be after this case."""
        self.usual  # noqa: B018  graded before the first comparison
        before = self.world.condition()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        memory = _status("VmRSS")
        assessment = self.grade(case)
        needed = _status("VmHWM") - memory
        after = self.world.condition(before["descendants"])
        changed = [
            f"{what} changed: {_difference(before[what], after[what])}"
            for what in before
            if before[what] != after[what]
        ]
        if needed > MOST_MEMORY:
            changed.append(f"the grader needed {needed / MEGABYTE:,.0f} MB for it")
        return [*changed, *_misjudged(case, assessment, self.usual), *_active(assessment.scorecard)]


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, dict):
        changed = {key for key in before | after if before.get(key) != after.get(key)}
        before, after = ({key: each.get(key) for key in changed} for each in (before, after))
    return f"{before} → {after}"[:600]


def _misjudged(case: Case, assessment: Assessment, usual: Scorecard) -> Iterator[str]:
    card, expected = assessment.scorecard, case.expected
    said = _said(assessment.executed)
    verdicts = {result.id: result.verdict for result in card.results}
    for result in card.results:
        if result.verdict is Verdict.ERROR:
            yield f"our error in {result.id}: {result.found}"
    if card.execution.state not in expected.get("state", "FINISHED").split(" or "):
        yield f"ended {card.execution.state}: {card.execution.failures}"
    if card.execution.confinement == "none":
        yield "was not confined"
    told = [*card.notes, *card.execution.notes, *(failure.error for failure in card.execution.failures)]
    told += [result.found for result in card.results] + [result.hint for result in card.results]
    yield from (
        f"does not say {words!r}: {told}"[:900] for words in expected.get("says", []) if words not in " ".join(told)
    )
    if expected.get("card") == "nothing":
        if card.score:
            yield f"has points: {[id for id, verdict in verdicts.items() if verdict == Verdict.PASSED]}"
    elif "lost" in expected:
        if card.lost() != set(expected["lost"]):
            yield f"lost {sorted(card.lost())}: " + str([r.found for r in card.results if r.verdict != "PASSED"])[:600]
    elif expected.get("card") != "whatever":
        other = {result.id: result.verdict for result in usual.results}
        if differing := {id: verdict for id, verdict in verdicts.items() if verdict != other[id]}:
            yield f"is not graded as without the cell: {differing}"
    forged = [line for line in said.splitlines() if line.startswith("attempt ") and f": {FORGED}" in line]
    allowed = expected.get("allowed", {})
    yield from (line for line in forged if line.split(": ")[0].removeprefix("attempt ") not in allowed)
    if expected.get("attempts", True) and "attempt " not in said:
        yield f"attempted nothing: {said[-600:]}"
    yield from (
        f"the cell did not print {words!r}: {said[-600:]}" for words in expected.get("prints", []) if words not in said
    )


def _active(card: Scorecard) -> Iterator[str]:
    """What a browser, a spreadsheet or a terminal would take for more than text, in any report."""
    with (console := Console(file=io.StringIO(), width=200)).capture() as printed:
        text.print_scorecard(card, console)
    pages = {"html": html.render(card), "junit": junit.render([card]), "text": printed.get()}
    pages["json"] = json.dumps(as_json.as_dict(card))
    for name, page in pages.items():
        page.encode("utf-8")
        if "\x1b" in page:
            yield f"an escape sequence in the {name} report"
    for words in ("<script>alert", "<img src=x", "<iframe", 'javascript:alert(1)"'):
        if words in pages["html"]:
            yield f"{words} in the HTML report"


def _said(executed: Any) -> str:
    return "".join(str(output.get("text", "")) for cell in executed.cells for output in cell.get("outputs", []))


def _notebook(cells: list[tuple[str, str]]) -> Any:
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[nbformat.v4.new_code_cell(source.strip(), id=id) for id, source in cells],
    )


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


def _status(name: str) -> int:
    """One of this process's sizes, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


def main() -> None:
    """Run the cases that are named, or those that are asked for line by line."""
    quiet.apply()
    privileges.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        Path(folder).chmod(0o711)
        (scratch := Path(folder, "tmp")).mkdir(mode=0o711)
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        gallery = Gallery(Path(folder))
        try:
            for name in sys.argv[1:] or map(str.strip, sys.stdin):
                faulthandler.dump_traceback_later(LONGEST, exit=True)
                case = Case(name)
                said = {"case": name, "problems": gallery.problems(case), "cpu_seconds": round(gallery.cpu_seconds, 1)}
                print(json.dumps(said), flush=True)
                faulthandler.cancel_dump_traceback_later()
        finally:
            gallery.world.end()


if __name__ == "__main__":
    main()
