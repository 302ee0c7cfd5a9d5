"""Which code ran: the commit a folder stands at, and whether anything in it is uncommitted."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grading.errors import shorten

NO_GIT = "git is not installed"
DUBIOUS = re.compile(r"dubious ownership in repository at '([^']+)'")
USUAL = ("not a git repository", "ambiguous argument 'HEAD'", "Needed a single revision", "unknown revision")
AUTHOR = {
    "GIT_AUTHOR_NAME": "student",
    "GIT_AUTHOR_EMAIL": "student@localhost",
    "GIT_COMMITTER_NAME": "student",
    "GIT_COMMITTER_EMAIL": "student@localhost",
    "GIT_CONFIG_GLOBAL": os.devnull,  # no hooks, signing or templates of the person who grades
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True)
class CodeVersion:
    """The commit and whether the folder is clean; `problem` says why there is no commit."""

    commit: str | None
    dirty: bool | None = None  # None: not known, so any honest answer counts
    problem: str = ""


def code_version(folder: Path) -> CodeVersion:
    """The commit that a folder's files stand at."""
    if shutil.which("git") is None:
        return CodeVersion(None, problem=NO_GIT)
    asked = git(folder, "rev-parse", "HEAD")
    if asked.returncode != 0:
        return CodeVersion(None, problem=_why_not(folder, asked.stderr))
    return CodeVersion(asked.stdout.strip())


def distrusted(said: str) -> str:
    """What to do about git's "dubious ownership": it trusts no folder that belongs to somebody else; empty for other
    words of git."""
    found = DUBIOUS.search(said)
    return f"git config --global --add safe.directory {shlex.quote(found[1])}" if found else ""


def _why_not(folder: Path, said: str) -> str:
    if remedy := distrusted(said):
        return f"git does not trust {folder}, which belongs to another user of this machine: {remedy}"
    if not said.strip() or any(usual in said for usual in USUAL):
        return f"{folder} is not in a git repository with a commit"
    return f"git does not say the commit of {folder}: {shorten(said, 200)}"


def commit_folder(folder: Path, message: str) -> CodeVersion:
    """Make the folder a repository of its own with one commit of all it holds; later files do not make it dirty.

    The commit is what was handed in, and nothing else: the same files give the same commit.
    """
    if shutil.which("git") is None:
        return CodeVersion(None, problem=NO_GIT)
    dates = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "--allow-empty", "-m", message)):
        done = git(folder, *arguments, **dates)
        if done.returncode != 0:
            return CodeVersion(None, problem=f"git {arguments[0]} failed: {shorten(done.stderr, 200)}")
    (folder / ".git" / "info" / "exclude").write_text("*\n")
    return CodeVersion(git(folder, "rev-parse", "HEAD").stdout.strip(), dirty=False)


def git(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call git in a folder; what it printed is text."""
    # A surrounding repository (a hook that runs us, say) must not lend its GIT_DIR to this one.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=clean | {"LC_ALL": "C"} | (AUTHOR if environment else {}) | environment,  # we read what it says
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
