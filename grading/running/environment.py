"""What a process that runs somebody else's code inherits: what Python needs to start, and nothing of ours."""

import contextlib
import os
import shutil
import sys
from pathlib import Path

from grading import quiet

INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "COMSPEC", "PATHEXT", "USERPROFILE", "VIRTUAL_ENV")
# Read when the libraries are loaded. No thread may be alive at a fork, and two graders share two cores; with joblib's
# processes off, n_jobs=-1 gives the same results without them.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JOBLIB_MULTIPROCESSING": "0",
}


def bare_environment(private: Path) -> dict[str, str]:
    """The environment of such a process, with `private` as its home and for its temporary files."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | quiet.ENVIRONMENT | ONE_THREAD
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    return environment | {
        "HOME": str(private),
        "TMPDIR": str(private),
        "USER": "student",  # a kernel's own user is in no list of users
        "LOGNAME": "student",
        "DVC_SITE_CACHE_DIR": str(private / "dvc"),
        "MPLCONFIGDIR": str(_fonts(private)),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PIP_RETRIES": "0",  # without a network, `%pip install` says so at once
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def _fonts(private: Path) -> Path:
    """A folder for matplotlib with a copy of this machine's list of fonts, which takes seconds to build anew."""
    folder = private / "matplotlib"
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(Exception):
        import matplotlib

        for cache in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
            shutil.copyfile(cache, folder / cache.name)
    return folder
