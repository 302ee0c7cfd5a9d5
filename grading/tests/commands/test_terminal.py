"""Printing never fails: not where an encoding has no such sign, a pipe is closed, or a disk is full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINTS = """
from grading import quiet
from grading.commands.terminal import console, errors
quiet.apply()
for number in range(2000):
    console.print("✓ 許 “Łukasz” … \\udc80", soft_wrap=True)
errors.print("✗ reached the end of 許")
"""


def printed(encoding: str, **streams: object) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.run([sys.executable, "-c", PRINTS], env=environment, check=False, **pipes)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_signs_that_an_encoding_lacks_are_printed_in_others(encoding: str) -> None:
    done = printed(encoding)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    first = done.stdout.decode(encoding).splitlines()[0]
    assert first.split()[0] in ("+", "✓")
    assert "\\udc80" in first
    assert first == '+ \\u8a31 "\\u0141ukasz" ... \\udc80' or encoding != "ascii"


def test_a_pipe_that_is_closed_ends_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    done = printed("utf-8", stdout=write)
    os.close(write)
    assert (done.returncode, b"reached the end" in done.stderr, b"rror" in done.stderr) == (0, True, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full disk")
def test_a_full_disk_ends_nothing() -> None:
    with Path("/dev/full").open("wb") as full:
        done = printed("utf-8", stdout=full)
    assert (done.returncode, b"reached the end" in done.stderr, b"rror" in done.stderr) == (0, True, False)
