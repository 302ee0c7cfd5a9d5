"""Markdown that shows a value as it is: what a stranger put into a run breaks no table and starts no heading."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

LONGEST = 200  # characters of one value
MOST_ROWS = 200
# An underscore within a word is no emphasis; a # or - is a heading, a list or a line only at the beginning.
SPECIAL = re.compile(r"[\\`*\[\]<>|&~$]|(?<!\w)_+|_+(?!\w)|^(?:#+|[-+]+)(?=\s|$)")


def literal(value: object, longest: int = LONGEST) -> str:
    """The value as one line of at most 200 characters, with what Markdown would read as markup escaped."""
    text = one_line(value)
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return SPECIAL.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), short)


def code(value: object) -> str:
    """The value as one line of code; as a literal when it has a backtick."""
    text = one_line(value)
    return f"`{text}`" if "`" not in text and len(text) <= LONGEST else literal(text)


def one_line(value: object) -> str:
    """The value's printable characters on one line."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(value)).split())


def unescaped(text: str) -> str:
    """The text as a reader sees it: without the signs of emphasis and code, and without escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])|[*`]", lambda match: match[1] or "", text)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown texts, the first 200 rows of it; empty without rows. The cells must be literal already."""
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    left_out = len(lines) - MOST_ROWS
    more = [f"\n… and {left_out} more rows."] if left_out > 0 else []
    return "\n".join([_row(heading), _row(["---"] * len(heading)), *lines[:MOST_ROWS], *more])


def cells(line: str) -> list[str]:
    """The cells of a table's line, as a reader sees them; a bar that is escaped is part of a cell."""
    return [unescaped(cell).strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def bullets(texts: Iterable[str]) -> str:
    """A list, one text a line."""
    return "\n".join(f"- {text}" for text in texts)


def listed(values: Mapping[str, str]) -> str:
    """A list of what is known, `name: text`; what is not known is named in its last line. Empty when nothing is."""
    known = [f"{name}: {text}" for name, text in values.items() if text]
    unknown = ", ".join(name for name, text in values.items() if not text)
    return bullets([*known, *([f"Not recorded: {unknown}"] if unknown else [])]) if known else ""


def number(value: float, digits: int = 6) -> str:
    """A number with so many significant digits, without an exponent where a person would write none."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else f"{value}"
    return f"{value:.0f}" if 10 ** (digits - 1) <= abs(value) < 1e15 else f"{value:.{digits}g}"


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
