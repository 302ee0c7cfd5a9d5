"""Build the reader's site: `python -m grading.workshop.site`, which is `make site`."""

import os
import sys

from grading.curriculum.proofs import lesson_notebooks
from grading.errors import GradingError
from grading.files import ROOT
from grading.workshop.site.executed import executed
from grading.workshop.site.sphinx import build

BUILD = ROOT / "build"


def main() -> int:
    """The exit code: 0 when the site is whole, 1 when a page or a link of it is not."""
    notebooks = []
    for path in lesson_notebooks():
        print(f"{path.name}: run, or taken from an earlier run", flush=True)
        notebooks.append((path, executed(path, BUILD / "executed")))
    site = BUILD / "site"
    problems = build(notebooks, site)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problems" if problems else f"{os.path.relpath(site / 'index.html')} is ready")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GradingError as error:
        sys.exit(str(error))
