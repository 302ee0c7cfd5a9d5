"""Which commit a folder stands at or, in git's own words, why nobody knows."""

import os
import subprocess
from pathlib import Path

import pytest

from grading.evidence.code_version import code_version, commit_folder, distrusted

DUBIOUS = """fatal: detected dubious ownership in repository at '/home/jovyan/my course'
To add an exception for this directory, call:

\tgit config --global --add safe.directory '/home/jovyan/my course'
"""


def test_a_committed_folder_says_its_commit(tmp_path: Path) -> None:
    assert code_version(tmp_path).commit is None
    made = commit_folder(tmp_path, "handed in")
    assert code_version(tmp_path).commit == made.commit


def test_a_folder_without_a_repository_is_said_to_be_in_none(tmp_path: Path) -> None:
    assert code_version(tmp_path).problem == f"{tmp_path} is not in a git repository with a commit"


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert code_version(tmp_path).problem == f"{tmp_path} is not in a git repository with a commit"


def test_gits_distrust_is_told_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_folder(tmp_path, "handed in")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "git").write_text(f'#!/bin/sh\ncat >&2 <<"E"\n{DUBIOUS}E\nexit 128\n')
    (bin_ / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}{os.pathsep}{os.environ['PATH']}")
    assert code_version(tmp_path).problem.endswith(
        "belongs to another user of this machine: git config --global --add safe.directory '/home/jovyan/my course'"
    )


def test_the_remedy_is_for_distrust_only() -> None:
    assert distrusted("fatal: not a git repository") == ""
