"""Photograph what the README shows, into docs/pictures: `make pictures`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from grading.errors import GradingError
from grading.workshop.pictures.browser import browser
from grading.workshop.pictures.lab_course import lab_course
from grading.workshop.pictures.made_up_class import graded_class
from grading.workshop.pictures.readme import FOLDER, photograph_class, photograph_lab


def main() -> None:
    """Grade the made-up class, run a lesson in JupyterLab, and photograph both."""
    with TemporaryDirectory() as folder, browser() as started:
        print("grading a class that was made up", flush=True)
        photograph_class(started, graded_class(Path(folder) / "class"), FOLDER)
        print("running a lesson in JupyterLab", flush=True)
        with lab_course(Path(folder) / "course") as url:
            photograph_lab(started, url, FOLDER)
    for file in sorted(FOLDER.glob("*.png")):
        print(f"{os.path.relpath(file)}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    try:
        main()
    except GradingError as error:
        sys.exit(str(error))
