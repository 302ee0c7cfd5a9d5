"""How hard the lessons are to read, in numbers: written to docs/lessons/readability.md, and held by a test.

`python -m grading.workshop.readability` writes the page anew.
"""

import ast
import builtins
import re
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from grading.files import NOTEBOOKS, ROOT, write_whole
from grading.lessons import LESSONS
from grading.running.notebook import read_notebook
from grading.running.prose import words_read

PAGE = ROOT / "docs" / "lessons" / "readability.md"
EXPLANATION = """<!-- not for students -->
# How the lessons read

Made by `make readability`; a test holds the goals. Exercise cells and checks are left out: a student writes those.

- *Code lines*: of a cell, without blank ones.
- *New names*: names, attributes and imports of a cell that no cell before it used, without Python's own.
- *Words*: of a text cell, without tables, lists, code blocks and folded hints: those are looked up, not read through.
- *Before task 1*: cells of code before the first question.
"""


@dataclass(frozen=True)
class Readability:
    """The measures of one lesson."""

    lines: tuple[int, ...]  # of code, a cell
    new_names: tuple[int, ...]  # a cell
    longest_line: int  # characters
    words: tuple[int, ...]  # a text cell
    cells_before: int  # of code, before the first task

    def row(self) -> list[str]:
        """The cells of the table's line, after the lesson."""
        pairs = [f"{median(each):g} ({max(each)})" for each in (self.lines, self.new_names)]
        return [*pairs, str(self.longest_line), f"{median(self.words):g} ({max(self.words)})", str(self.cells_before)]


GOALS = ["5 (10)", "4 (8)", "88", "50 (90)", "6"]


def readability_of(node: Any) -> Readability:
    """The measures of a notebook, whose code cells must be Python; magics count as lines without names."""
    seen: set[str] = set(dir(builtins))
    lines, new, words = list[int](), list[int](), list[int]()
    longest = before = 0
    for cell in node.cells:
        if cell["id"] == "task1":
            before = len(lines)
        if cell.cell_type == "markdown":
            words.append(words_read(cell.source))
        elif not set(cell.metadata.get("tags", [])) & {"exercise", "check", "parameters"} and cell["id"] != "checklist":
            used = _names(cell.source)
            lines.append(sum(bool(line.strip()) for line in cell.source.splitlines()))
            new.append(len(used - seen))
            longest = max(longest, *map(len, cell.source.splitlines()))
            seen |= used
    return Readability(tuple(lines), tuple(new), longest, tuple(words), before)


def _names(source: str) -> set[str]:
    plain = "\n".join("" if re.match(r"\s*[%!?]|\S+\?\??$", line) else line for line in source.splitlines())
    found = set()
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def page() -> str:
    """The page, as Markdown."""
    titles = "| lesson | code lines, median (max) | new names | longest line | words a text cell | before task 1 |"
    rows = [titles, "| --- | --- | --- | --- | --- | --- |", f"| *goal* | {' | '.join(GOALS)} |"]
    for lesson in LESSONS:
        found = readability_of(read_notebook(NOTEBOOKS / lesson.file_name).node)
        rows.append(f"| {lesson.id} | {' | '.join(found.row())} |")
    return EXPLANATION + "\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    write_whole(PAGE, page())
    sys.stdout.write(page())
