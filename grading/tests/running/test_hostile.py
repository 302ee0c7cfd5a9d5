"""Hostile submissions are contained: each case of the gallery, graded by root and by an ordinary user.

As root, the ordinary user's half runs in a mount namespace of its own, in which the interpreter can be reached by
everybody; nothing of the machine's is changed for others.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grading.files import ROOT
from grading.running.kernels.confinement import strength
from grading.running.kernels.privileges import can_change_user

EXPECTED = {
    file.parent.name: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parents[1] / "gallery" / "hostile").glob("*/expected.json"))
}
# What the grader reads afterwards is the same whoever runs it: those cases are graded once, by whoever runs the tests.
KINDS = {expected["kind"]: name for name, expected in reversed(EXPECTED.items())}  # the first case of each kind
EVERY, OFTEN = list(EXPECTED), [name for name, expected in EXPECTED.items() if not expected.get("once")]
HARNESS = [sys.executable, str(Path(__file__).with_name("hostile.py"))]
ORDINARY = 12345  # the id of a user whom no machine has
ON_CI = os.environ.get("CI") == "true"

pytestmark = pytest.mark.skipif(not strength().enough, reason=f"nothing is confined here: {strength().missing}")


class Harness:
    """A process that grades the cases it is told, one after the other, with one warm process."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.errors = (folder / "errors.txt").open("w+")
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def problems(self, case: str) -> list[str]:
        """What is not as it must be after this case."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            print(case, file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.errors.seek(0)
            pytest.fail(f"the harness ended: {self.errors.read()[-3000:]}")
        found: list[str] = json.loads(answer)["problems"]
        return found

    def end(self) -> None:
        """Let it clean up after itself, at the end of its input."""
        self.process.communicate(timeout=60)
        self.errors.close()


@pytest.fixture(scope="module")
def by_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    if not can_change_user():
        pytest.skip("these tests run as an ordinary user: what kernels of root may do needs root")
    harness = Harness(HARNESS, dict(os.environ), tmp_path_factory.mktemp("root"))
    yield harness
    harness.end()


@pytest.fixture(scope="module")
def by_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    if not can_change_user():
        harness = Harness(HARNESS, dict(os.environ), tmp_path_factory.mktemp("user"))
        yield harness
        harness.end()
        return
    missing = why_no_ordinary_user()
    if missing and ON_CI:
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="user-") as name:  # pytest's own folders are closed to others
        folder = Path(name)
        (home := folder / "home").mkdir()
        for path in (folder, home):
            os.chown(path, ORDINARY, ORDINARY)
        environment = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TZ", "CI") if key in os.environ}
        environment |= {"HOME": str(home), "TMPDIR": str(folder)}
        harness = Harness(as_ordinary_user(HARNESS), environment, folder)
        yield harness
        harness.end()


def why_no_ordinary_user() -> str:
    """Why root cannot run the harness as an ordinary user here; empty when it can."""
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        return "an ordinary user's half needs the programs unshare and setpriv (Debian: util-linux)"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    return f"an ordinary user's half needs a mount namespace: {tried.stderr.strip()}" if tried.returncode else ""


def as_ordinary_user(command: list[str]) -> list[str]:
    """The command, run by another user than root, who can reach the interpreter and this repository wherever they are.

    A folder on the way that only root may enter is covered, in a mount namespace of this command's own, by an empty
    one in which nothing but what is needed appears.
    """
    steps = ["set -e", "stage=$(mktemp -d)", "mount -t tmpfs tmpfs $stage"]
    closed = {need: folder for need in needed() if (folder := first_closed(need))}
    for number, need in enumerate(closed):
        steps += [f"mkdir $stage/{number}", f"mount --rbind {shlex.quote(str(need))} $stage/{number}"]
    for folder in sorted(set(closed.values())):
        steps += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(folder))}"]
    for number, need in enumerate(closed):
        steps += [f"mkdir -p {shlex.quote(str(need))}", f"mount --rbind $stage/{number} {shlex.quote(str(need))}"]
    steps += ["umount -l $stage", "rmdir $stage"]
    become = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", "--inh-caps=-all"]
    steps += [f"exec {shlex.join([*become, *command])}"]
    return ["unshare", "--mount", "--propagation=private", "sh", "-c", "\n".join(steps)]


def needed() -> list[Path]:
    """The folders that the harness must be able to read; of two in each other the outer one."""
    folders = {Path(folder).resolve() for folder in (sys.prefix, sys.base_prefix, sys.exec_prefix, ROOT)}
    folders |= {Path(sys.executable).resolve().parents[1]}
    return sorted(one for one in folders if not any(one != other and one.is_relative_to(other) for other in folders))


def first_closed(path: Path) -> Path | None:
    """The outermost folder on the way to this one that others than its owner may not enter."""
    return next((folder for folder in reversed([path, *path.parents]) if not folder.stat().st_mode & 0o001), None)


def sized(cases: Iterable[str]) -> list[Any]:
    """One case of each kind for `make test`; the others only for `make prove`."""
    return [
        pytest.param(case, marks=pytest.mark.slow if case in KINDS.values() else pytest.mark.exhaustive)
        for case in cases
    ]


@pytest.mark.xdist_group("hostile-root")
@pytest.mark.parametrize("case", sized(EVERY))
def test_a_hostile_submission_to_root_is_contained(case: str, by_root: Harness) -> None:
    assert by_root.problems(case) == []


@pytest.mark.xdist_group("hostile-user")
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", OFTEN if can_change_user() else EVERY)
def test_a_hostile_submission_to_an_ordinary_user_is_contained(case: str, by_user: Harness) -> None:
    assert by_user.problems(case) == []
