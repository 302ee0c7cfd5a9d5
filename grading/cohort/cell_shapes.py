"""The shape of a cell: what renaming, comments and layout do not change.

It is the code with the student's own names and texts numbered in the order in which they appear: two cells
of one shape are the same up to names. What the lesson gives to everybody does not count, nor do cells so small that
the task leaves no other way. Code is read by Python's parser and never run.
"""

import ast
import builtins
import contextlib
import hashlib
import json
import keyword
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from grading.errors import InputError
from grading.files import NOTEBOOKS, TOOLS
from grading.lessons import current_edition, first_edition, lesson_or_own
from grading.running.cell_names import cell_name

SMALLEST_CELL = 40  # nodes of the syntax tree beyond what the lesson gives; under it, honest solutions coincide
LONGEST_CELL = 50_000  # characters
MOST_CELLS = 300  # of a notebook
WORD = re.compile(r"#[^\n]*|[^\W\d]\w*|\d[\w.]*|\"[^\"\n]*\"|'[^'\n]*'|\S")
MAGIC = re.compile(r"^([ \t]*)(\w+[ \t]*=[ \t]*)?[!%?].*$", re.MULTILINE)
BUILTINS = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what hostile source makes the parser raise


@dataclass(frozen=True)
class Shape:
    """A cell reduced to what renaming does not change; `text` is the same with the names left in."""

    digest: str
    text: str
    nodes: int


@dataclass(frozen=True)
class Given:
    """What the lesson gives to everybody: sources, statements, and the names that are not a student's own."""

    sources: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    names: frozenset[str] = BUILTINS
    solution: frozenset[str] = frozenset()  # the shapes of the reference solution's cells


def code_cells(notebook: bytes) -> dict[str, str]:
    """The sources of the code cells by id, or by number and first line; empty for a file that is no notebook."""
    try:
        return dict(islice(_sources(json.loads(notebook)["cells"]), MOST_CELLS))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def given_by(lesson: str) -> Given:
    """What the lesson's notebook, today's and the first one, and its tools have; nothing where there is no lesson."""
    notebook = NOTEBOOKS / lesson_or_own(lesson).file_name
    if not notebook.is_file():
        return Given()
    notebooks, solutions = [notebook], list[dict[str, str]]()
    for edition in (current_edition, first_edition):
        with contextlib.suppress(InputError):  # students receive neither
            found = edition(lesson_or_own(lesson))
            notebooks.append(found.notebook)
            solutions.append(found.solution)
    sources = [cell for path in dict.fromkeys(notebooks) for cell in code_cells(path.read_bytes()).values()]
    sources += [path.read_text("utf-8") for path in TOOLS.values()]
    statements: set[str] = set()
    names = set(BUILTINS)
    for source in sources:
        for statement in _parse(source) or ():
            statements.add(ast.dump(statement))
            names |= {name for node in ast.walk(statement) for name in _bound(node)}
    given = Given(frozenset(map(str.strip, sources)), frozenset(statements), frozenset(names))
    solved = {digest for solution in solutions for digest in shapes_of(solution, given)}
    return Given(given.sources, given.statements, given.names, frozenset(solved))


def shapes_of(cells: Mapping[str, str], given: Given) -> dict[str, tuple[str, Shape]]:
    """The cells that hold enough of a student's own, by the digest of their shape: id and shape."""
    parsed = {id: _parse(source) for id, source in cells.items() if source.strip() not in given.sources}
    trees = [statement for statements in parsed.values() for statement in statements or ()]
    kept = given.names | {name for tree in trees for node in ast.walk(tree) for name in _imported(node)}
    found: dict[str, tuple[str, Shape]] = {}
    for id, statements in parsed.items():
        shape = _shape(statements, cells[id], given, kept)
        if shape.nodes >= SMALLEST_CELL:
            found.setdefault(shape.digest, (id, shape))
    return found


def _sources(cells: Iterable[Any]) -> Iterator[tuple[str, str]]:
    ids: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            id = cell_name(cell, number)
            yield (
                f"{id}, cell {number}" if id in ids else id,
                "".join(source) if isinstance(source, list) else str(source),
            )
            ids.add(id)


def _parse(source: str) -> list[ast.stmt] | None:
    """The cell's statements; None when it is not Python, magics aside."""
    if len(source) > LONGEST_CELL:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in the student's texts
            try:
                return ast.parse(source).body
            except SyntaxError:  # magics, or a mistake
                return ast.parse(MAGIC.sub(lambda line: f"{line[1]}{line[2] or ''}None", source)).body
    except UNREADABLE:
        return None


def _shape(statements: list[ast.stmt] | None, source: str, given: Given, kept: frozenset[str]) -> Shape:
    if statements is not None:
        try:
            own = [statement for statement in statements if ast.dump(statement) not in given.statements]
            nodes = [node for statement in own for node in ast.walk(statement)]
            assigned = {name for node in nodes for name in _assigned(node)}
            words = list(_words(own, kept - assigned))
            return Shape(_digest(_numbered(words)), _digest(text for _, text in words), len(nodes))
        except UNREADABLE:
            pass
    words = list(_tokens(source[:LONGEST_CELL], kept))
    return Shape(_digest(_numbered(words)), _digest(text for _, text in words), len(words))


def _words(statements: Sequence[ast.stmt], kept: frozenset[str]) -> Iterator[tuple[bool, str]]:
    """The tree as words, outer first; each with whether it may be renamed."""
    for statement in statements:
        yield from _node_words(statement, kept)


def _node_words(node: ast.AST, kept: frozenset[str]) -> Iterator[tuple[bool, str]]:
    yield False, f"({type(node).__name__}"
    if isinstance(node, ast.Constant):
        yield isinstance(node.value, str), repr(node.value)
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Constant) or name in ("type_comment", "ctx"):
            continue
        values = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            values = _without_docstring(values)
        for each in values:
            if isinstance(each, ast.AST):
                yield from _node_words(each, kept)
            elif each is not None:
                renamable = isinstance(each, str) and name in ("id", "asname", "names")
                renamable |= name == "arg" and isinstance(node, ast.arg)
                renamable |= name == "name" and not isinstance(node, ast.alias)
                yield renamable and each not in kept, str(each)
    yield False, ")"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    value = first.value if isinstance(first, ast.Expr) else None
    return body[1:] if isinstance(value, ast.Constant) and isinstance(value.value, str) else body


def _tokens(source: str, kept: frozenset[str]) -> Iterator[tuple[bool, str]]:
    """The words of a cell that is not Python, without its comments."""
    for word in WORD.findall(source):
        if not word.startswith("#"):
            own = word[0] in "\"'" and len(word) > 1
            yield own or (word.isidentifier() and word not in kept), word


def _numbered(words: Iterable[tuple[bool, str]]) -> Iterator[str]:
    """The words, those that may be renamed as numbers in the order in which they first appear."""
    numbers: dict[str, int] = {}
    for renamable, text in words:
        yield f"${numbers.setdefault(text, len(numbers))}" if renamable else text


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _imported(node: ast.AST) -> Iterator[str]:
    """Names that an import brings in unchanged: they say what is used, and are not the student's."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.name.partition(".")[0] for alias in node.names if not alias.asname)


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that the lesson's own cells import or define as functions."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name


def _assigned(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
