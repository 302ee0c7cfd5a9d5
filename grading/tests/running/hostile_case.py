"""A hostile cell, what must come of it, and the notebook that it is handed in with."""

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat

from grading.curriculum.gallery import is_spectator
from grading.lessons import find_lesson, first_edition
from grading.running.notebook import overlay, read_notebook

CASES = Path(__file__).parents[1] / "gallery" / "hostile"
PRELUDE = """
import json, os, types
world = types.SimpleNamespace(**json.loads({world!r}))
def attempt(name, act):
    try:
        found = act()
    except BaseException as error:
        print(f"attempt {{name}}: refused: {{type(error).__name__}} {{error}}"[:300])
    else:
        print(f"attempt {{name}}: SUCCEEDED {{found!r}}"[:300])
"""
RUN = """
import mlflow
mlflow.set_experiment("a study of ridge penalties")
with mlflow.start_run(run_name={name!r}):
    mlflow.log_params({{"alpha": 1.0, "seed": 7}})
    mlflow.log_metrics({{"test_rmse": 60.0, "test_r2": 0.4}})
    mlflow.log_text("a text", "text.txt")
"""


class Case:
    """A hostile cell and what must come of it."""

    def __init__(self, name: str) -> None:
        self.name, self.folder = name, CASES / name
        self.expected: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        self.cell = (self.folder / "cell.py").read_text("utf-8") + self.expected.get("append", "")

    def notebook(self, folder: Path, world: dict[str, Any]) -> Path:
        """The notebook to grade, written into this folder: small, or the solved first lesson with the cell in it."""
        prelude = PRELUDE.format(world=json.dumps(world))
        if "lesson" not in self.expected:
            cells = [("prelude", prelude), ("before", RUN.format(name="before")), ("hostile", self.cell)]
            more = [(f"more{number}", "pass") for number in range(self.expected.get("more_cells", 0))]
            node = _notebook([*cells, *more, ("after", RUN.format(name="after"))])
            name = "M9_01_a_hostile_one.ipynb"
        else:
            lesson = find_lesson(self.expected["lesson"])
            name, edition = lesson.file_name, first_edition(lesson)
            node = overlay(read_notebook(edition.notebook).node, edition.solution)
            node.cells = [cell for cell in node.cells if not is_spectator(cell)]
            after = [cell.id for cell in node.cells].index(self.expected.get("after", "document-work")) + 1
            node.cells[after:after] = _notebook([("prelude", prelude), ("hostile", self.cell)]).cells
        path = folder / name
        path.write_text(json.dumps(node))
        for companion in self.folder.glob("*.csv"):
            shutil.copyfile(companion, folder / companion.name)
        return path


def _notebook(cells: list[tuple[str, str]]) -> Any:
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[nbformat.v4.new_code_cell(source.strip(), id=id) for id, source in cells],
    )
