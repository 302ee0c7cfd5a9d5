"""Shell lines of a notebook (`!command`, `%pip`), run over pipes: a confined kernel has no terminals to give away."""

import codecs
import os
import subprocess

SIGNALLED = 128  # a shell says of a command that was ended by signal N that it exited with 128 + N
PIECE = 4096  # bytes that are read at once


def run_line(command: str) -> int:
    """Run one shell line and show what it prints as it comes; the exit code, or the negative number of a signal.

    It takes the place of IPython's `system`, which gives the command a terminal of its own. Nothing is typed here, so
    a command that asks something finds the end of its input.
    """
    with subprocess.Popen(
        ["sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while piece := os.read(process.stdout.fileno(), PIECE):
            print(decoder.decode(piece), end="", flush=True)
        print(decoder.decode(b"", final=True), end="", flush=True)
    code = process.returncode
    return SIGNALLED - code if code > SIGNALLED else code
