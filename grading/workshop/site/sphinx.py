"""Sphinx's part of the site: pages in, HTML out, and what it or the links complain of."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from grading.workshop.site.links import broken
from grading.workshop.site.pages import CONFIGURATION, FRONT, PICTURES, lay_out


def build(notebooks: Iterable[tuple[Path, Any]], site: Path) -> list[str]:
    """Make the site anew in the folder `site`, and tell what is wrong with it: nothing, when it can be published.

    The notebooks are taken with the outputs they have.
    """
    shutil.rmtree(site, ignore_errors=True)
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        lay_out(source, notebooks)
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-q", "-c", str(CONFIGURATION)]
        command += ["-d", str(Path(folder) / "doctrees"), str(source), str(site)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        problems = [line.replace(f"{source}/", "") for line in said.stderr.splitlines() if line.strip()]
        if said.returncode and not problems:
            problems = [f"Sphinx ended with {said.returncode}"]
    if not (site / FRONT).with_suffix(".html").exists():
        return problems
    shutil.copyfile((site / FRONT).with_suffix(".html"), site / "index.html")
    if PICTURES.is_dir():  # the front page shows them as HTML, which Sphinx does not look into
        shutil.copytree(PICTURES, site / "docs" / "pictures", dirs_exist_ok=True)
    return problems + [f"a link that leads nowhere: {link}" for link in broken(site)]
