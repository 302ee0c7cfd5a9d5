"""Every page that opts in is executed, as doc_pages.py says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grading.files import ROOT
from grading.tests.docs.doc_pages import BAD, OPTED_IN, blocks_of, refusals, run_page

OURS = (
    "experiment_best_practices", "code_snippets", "coding_standards", "model_documentation_guidelines",
    "from_stages_to_aliases",
)  # fmt: skip


def _pages() -> list[Path]:
    found = [path for folder in (".", "docs", "data", "notebooks") for path in (ROOT / folder).glob("*.md")]
    return sorted(path for path in found if OPTED_IN in path.read_text("utf-8").splitlines())


@pytest.fixture
def read(empty_store: Path, tmp_path: Path) -> Callable[[Path], str]:
    """Run a page in an empty folder of its own."""
    folder = tmp_path / "reader"
    folder.mkdir()
    return lambda page: run_page(page, folder, empty_store)


def test_the_five_pages_opt_in() -> None:
    assert set(OURS) <= {page.stem for page in _pages()}


@pytest.mark.exhaustive
@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.stem)
def test_every_snippet_runs_and_prints_what_the_page_says(page: Path, read: Callable[[Path], str]) -> None:
    assert read(page) == ""


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.stem)
def test_good_snippets_meet_the_coding_standards_and_bad_ones_break_exactly_their_rule(
    page: Path, tmp_path: Path
) -> None:
    asked = {
        block.line: {block.info.removeprefix(BAD)} if block.info.startswith(BAD) else set()
        for block in blocks_of(page)
        if block.info.startswith("python")
    }
    assert refusals(page, tmp_path) == asked


def test_no_snippet_waits_to_be_executed() -> None:
    assert [
        f"{page.name}:{block.line}" for page in _pages() for block in blocks_of(page) if "later" in block.info
    ] == []


BROKEN = {
    "python": ("```python\nx = 1\n```\n\ntext\n\n```python\nx += 1\nx / 0\n```\n", "page.md:9: ZeroDivisionError"),
    "syntax": ("# Title\n\n```python\nx = (\n```\n", "page.md:4: SyntaxError"),
    "warning": ("```python\nimport warnings\n\nwarnings.warn('old')\n```\n", "page.md:4: UserWarning: old"),
    "dies": ("```python\nimport os\n\nos._exit(0)\n```\n", "exit 0 before the last block"),
    "exit": ("```python\nraise SystemExit(0)\n```\n", "page.md:2: SystemExit"),
    "sh": ("# Title\n\n```sh\ntrue\nfalse | cat\n```\n", "page.md:5: cat: exit 1"),
    "unset": ("```sh\n\necho $nothing\n```\n", "page.md:2: bash: line 3: nothing: unbound variable"),
    "output": ("```python\nprint(1 + 1)\n```\n\n```text output\n3\n```\n", "page.md:6: the output is another one"),
    "no block": ("```sh\nls\n```\n\n```text\n```\n\n```text output\n3\n```\n", "page.md:9: expected a block"),
    "unknown": ("```\nwhat is this\n```\n", "page.md:2: expected a fence of"),
    "console": ("```console\n$ ls\n```\n", "found 'console'"),
    "indented": ("# Title\n\n    x = 1 / 0\n", "found ''"),
}


@pytest.mark.parametrize(("text", "why"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_page_is_told_with_its_line(text: str, why: str, tmp_path: Path, read: Callable[[Path], str]) -> None:
    (tmp_path / "page.md").write_text(text)
    assert why in read(tmp_path / "page.md")


IN_ORDER = """
```python
name = "Ada"


def greeting():
    return f"hello {name}"
```

```python
print(greeting())
```

```text output
hello Ada
```

```sh
echo "$name" | tee said.txt
ls data | head -n 1
```

```text output
Ada
breast_cancer_v1.csv
```

```python bad=F401
import os
```
"""


def test_a_page_in_order_runs(tmp_path: Path, read: Callable[[Path], str]) -> None:
    (tmp_path / "page.md").write_text(IN_ORDER)
    assert read(tmp_path / "page.md") == ""


def test_a_good_snippet_that_breaks_a_rule_and_a_bad_one_that_breaks_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "```python\nimport os\n```\n\n```python bad=E722\nx = 1\n```\n\n```python\nx=1\n```\n"
    )
    assert refusals(tmp_path / "page.md", tmp_path) == {2: {"F401"}, 6: set(), 10: {"format"}}
