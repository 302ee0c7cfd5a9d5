"""Where the course lies, and files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent  # the course: notebooks, data, docs
NOTEBOOKS = ROOT / "notebooks"
# The modules that the lessons import, by name. Each notebook that is graded gets them beside it.
TOOLS = {path.name: path for path in sorted(NOTEBOOKS.glob("clinic*.py"))}


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that nobody ever sees half of it; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp's own mode shuts others out
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
