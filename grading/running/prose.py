"""The words of a text cell that are read through, not looked up."""

import re

LOOKED_UP = (
    re.compile(r"<details>.*?</details>", re.DOTALL),  # folded away until wanted
    re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE),  # code and diagrams
    re.compile(r"^\s*\|.*$", re.MULTILINE),  # tables
    re.compile(r"^\s*(?:\d+\.|-)\s.*(?:\n {2,}\S.*)*", re.MULTILINE),  # steps and lists
)


def words_read(text: str) -> int:
    """The number of words of a Markdown text, without tables, lists, code blocks and folded parts."""
    for pattern in LOOKED_UP:
        text = pattern.sub("", text)
    return len(text.split())
