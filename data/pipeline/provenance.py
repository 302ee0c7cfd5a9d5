"""Where a run comes from: data, code and machine, each as a value that can be looked up again."""

import hashlib
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import yaml

LOCK = Path("dvc.lock")
# What a stored model needs to be loaded again, with the versions it was made with.
REQUIRED = ("mlflow", "scikit-learn", "skops", "pandas", "numpy", "scipy")


def data_hashes(file: Path) -> dict[str, str]:
    """The file's sha256, and the md5 by which DVC knows it; exits when DVC last saw other bytes."""
    content = file.read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    try:
        stage = yaml.safe_load(LOCK.read_text("utf-8"))["stages"]["validate"]
        known = next(dep["md5"] for dep in stage["deps"] if Path(dep["path"]).name == file.name)
    except (FileNotFoundError, KeyError, TypeError, StopIteration):
        sys.exit(f"✗ expected DVC to know {file.name}; found no entry in dvc.lock. Run `make pipeline`, not train.py")
    if md5 != known:
        sys.exit(f"✗ expected {file.name} with md5 {known}, which was validated; found {md5}. Run `make pipeline`")
    return {"data_sha256": hashlib.sha256(content).hexdigest(), "dvc_md5": md5}


def code() -> dict[str, str]:
    """The commit, and whether anything is uncommitted: recorded, not refused. Exits without a repository.

    dvc.lock does not count: DVC writes it while the pipeline runs, and it says nothing that code and data do not.
    """
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--", ":/", ":(exclude,top)data/pipeline/dvc.lock")
    return {
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.branch": _git("rev-parse", "--abbrev-ref", "HEAD"),
        "git_dirty": str(bool(changed)).lower(),
        "mlflow.source.name": "data/pipeline/train.py",
    }


def machine() -> dict[str, str]:
    """Python, operating system and processors."""
    return {
        "python_version": platform.python_version(),
        "os": platform.platform(),
        "cpu_count": str(os.cpu_count()),
    }


def requirements() -> list[str]:
    """The packages that the model needs, with exact versions."""
    return [f"{name}=={version(name)}" for name in REQUIRED]


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        sys.exit("✗ expected git; found none. A run without its commit cannot be repeated: install git")
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"✗ expected a git repository with a commit; found: {error.stderr.strip().splitlines()[0]}. "
            "Run `git init`, `git add -A` and `git commit`, or clone the course"
        )
    return done.stdout.strip()
