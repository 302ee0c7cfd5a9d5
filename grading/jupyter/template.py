"""New notebooks from the template, rightly named."""

import json
import re
from pathlib import Path

import nbformat

from grading.errors import InputError
from grading.files import ROOT
from grading.running.notebook import CONVENTION, NAME

TEMPLATE = ROOT / "notebook_template.ipynb"


def new_notebook(number: str, description: str, folder: Path) -> Path:
    """Copy the template to `folder/M9_{number}_{description}.ipynb` and return the path.

    Raises InputError for a name against the convention, and when the file is there already.
    """
    name = f"M9_{number.zfill(2) if number.isdigit() else number}_{description}.ipynb"
    if not NAME.match(name):
        raise InputError(
            f"expected a number of two digits and a description of small letters, digits and _ "
            f"({CONVENTION}); found {name!r}"
        )
    path = folder / name
    if path.exists():
        raise InputError(f"{path} is there already: choose another description, or rename the old one")
    if not TEMPLATE.exists():
        raise InputError(f"expected the template at {TEMPLATE}; found no file")
    node = nbformat.read(TEMPLATE, as_version=4)
    for cell in node.cells:
        cell["source"] = re.sub(r"M9_00", name[:5], cell["source"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(node, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    return path
