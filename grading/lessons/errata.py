"""Faults of cells that students received: whoever hands such a cell in unchanged must not lose marks for it."""

import hashlib
from dataclasses import dataclass, replace

from grading.running.notebook import Notebook, overlay


@dataclass(frozen=True)
class Erratum:
    """A text in a cell of the course that was wrong, and what it is run as."""

    cell: str  # its id
    sha256: str  # of the cell's source, as students received it
    before: str
    after: str
    why: str  # what was wrong, as the scorecard says it


ERRATA = (
    Erratum(
        "toolbox-model",
        "0b96813557b2ee77513e588608e14a8e8c00a73b729a47d9cc147235ffad36a3",
        '    trees = ["sklearn.tree._tree.Tree"]  # skops asks whether we trust it; it is scikit-learn\'s own\n',
        "    from skops.io import dumps, get_untrusted_types\n\n"
        '    trees = [part for part in get_untrusted_types(data=dumps(model)) if part.startswith("sklearn.")]\n',
        "it could not save nearest neighbours",
    ),
)


def corrected(notebook: Notebook) -> Notebook:
    """The notebook with the faults of the course's own cells mended, and a note about each; else as it is."""
    found = [(erratum, cell) for erratum in ERRATA if (cell := notebook.cells.get(erratum.cell)) is not None]
    wrong = [erratum for erratum, cell in found if _sha256(cell.source) == erratum.sha256]
    if not wrong:
        return notebook
    sources = {each.cell: notebook.cells[each.cell].source.replace(each.before, each.after) for each in wrong}
    notes = [f"the lesson's own cell {each.cell!r} had a fault, and was run without it: {each.why}" for each in wrong]
    return replace(notebook, node=overlay(notebook.node, sources), notes=(*notebook.notes, *notes))


def _sha256(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
