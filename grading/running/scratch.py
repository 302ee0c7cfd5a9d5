"""Folders for what somebody else's code leaves behind: there for a while, and removed whatever is in them."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def scratch_folder(prefix: str, where: str | None = None) -> Iterator[Path]:
    """A new folder, in `where` or where temporary ones are, that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder, however deep and whatever its permissions, without following a link; what is left is left.

    `tempfile` would do: but it calls itself for each level, and in some versions mends permissions through links.
    """
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(folder)
        return
    for program, options in (("chmod", ["-R", "u+rwX"]), ("rm", ["-rf"])):
        if path := shutil.which(program):
            nothing = subprocess.DEVNULL
            subprocess.run([path, *options, "--", str(folder)], stdout=nothing, stderr=nothing, check=False)
