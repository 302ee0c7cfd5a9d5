"""Pages whose snippets are executed: what a reader copies works, and what a page says is printed is printed.

A page opts in with the line `<!-- every snippet is executed -->`. Its fences, in order:

    python              run; the blocks of a page share one namespace
    python bad=RULE     not run; refused by exactly this rule of ruff
    python later        not run yet; none may be left
    sh                  run by bash; sees the texts among the page's Python variables
    text output         what the block before it printed
    text, yaml          not run

Run as a script, this file executes the blocks of one page (JSON on stdin) and exits at the first that fails.
"""

import builtins
import difflib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import traceback
import warnings
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from grading import quiet
from grading.files import ROOT

OPTED_IN = "<!-- every snippet is executed -->"
KNOWN = ("python", "sh", "python later", "text output", "text", "yaml")
BAD = "python bad="
OF_A_FRAGMENT = {"D100", "F821"}  # a bad snippet is no module, and may use names of the blocks before
ALL_RUN = "all blocks ran\n"
LONGEST = 300  # seconds for a page; a snippet that hangs is a broken snippet


@dataclass(frozen=True)
class Block:
    """One fence of a page; `line` is that of its first line of code."""

    info: str
    line: int
    code: str


def blocks_of(page: Path) -> list[Block]:
    return blocks_in(page.read_text("utf-8"))


def blocks_in(text: str) -> list[Block]:
    """The fences of a Markdown text, such as a cell's."""
    return [
        Block(token.info.strip(), token.map[0] + 2, token.content)
        for token in MarkdownIt().parse(text)
        if token.type in ("fence", "code_block") and token.map
    ]


def run_page(page: Path, folder: Path, store: Path) -> str:
    """What is wrong with a page, as `page:line: why`; empty when every block runs and prints what the page says.

    `folder`: an empty one, where the page finds the course's data files and a store.
    """
    shutil.copyfile(store, folder / "mlflow.db")
    (folder / "data").mkdir()
    for file in ROOT.glob("data/*.csv"):
        shutil.copy(file, folder / "data")
    aside = folder.with_name(f"{folder.name}-aside")
    aside.mkdir()
    reader = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(aside),
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(aside / "dvc"),
        "MPLBACKEND": "agg",
        "COLUMNS": "200",  # of a terminal: no line is folded
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "reader@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "GIT_", "DVC_"))}
    done = subprocess.run(
        [sys.executable, "-P", __file__, page.name],
        input=json.dumps([asdict(block) for block in blocks_of(page)]),
        cwd=folder, env=inherited | reader, capture_output=True, text=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    if done.returncode == 0 and done.stdout.endswith(ALL_RUN):
        return ""
    return done.stderr.strip() or f"{page.name}: exit {done.returncode} before the last block"


def execute(page: str, blocks: list[Block]) -> None:
    """Run the blocks here and now; exits with `page:line: why` at the first that fails."""
    warnings_are_errors()
    names: dict[str, Any] = {"__name__": "__main__"}
    printed: str | None = None
    for block in blocks:
        if block.info in RUNNERS:
            printed = RUNNERS[block.info](page, block, names)
            continue
        if block.info == "text output":
            compare(page, block, printed)
        elif block.info not in KNOWN and not block.info.startswith(BAD):
            raise SystemExit(f"{page}:{block.line}: expected a fence of {', '.join(KNOWN)}; found {block.info!r}")
        printed = None  # an output belongs to the block right before it


def warnings_are_errors() -> None:
    """The filters of our own tests, then those of every kernel."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    for text in options["filterwarnings"]:
        action, message, category, module = [*text.split(":"), "", "", ""][:4]
        warnings.filterwarnings(action, message, getattr(builtins, category or "Warning"), module)
    quiet.apply()


def run_python(page: str, block: Block, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile("\n" * (block.line - 1) + block.code, page, "exec"), names)
    except SyntaxError as error:
        raise SystemExit(f"{page}:{error.lineno}: {type(error).__name__}: {error}") from None
    except BaseException as error:  # whatever a snippet does, the page is told
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == page]
        raise SystemExit(f"{page}:{lines[-1] if lines else block.line}: {type(error).__name__}: {error}") from None
    return printed.getvalue()


def run_shell(page: str, block: Block, names: dict[str, Any]) -> str:
    texts = {name: value for name, value in names.items() if isinstance(value, str) and not name.startswith("_")}
    trap = f"trap 'echo \"{page}:$LINENO: $BASH_COMMAND: exit $?\" >&2' ERR;"
    script = trap + "\n" * (block.line - 1) + block.code
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=os.environ | texts, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = f"{done.stderr}{done.stdout}".strip() or f"exit {done.returncode}"
        raise SystemExit(told if f"{page}:" in told else f"{page}:{block.line}: {told}")
    return done.stdout


RUNNERS = {"python": run_python, "sh": run_shell}


def compare(page: str, block: Block, printed: str | None) -> None:
    if printed is None:
        raise SystemExit(f"{page}:{block.line}: expected a block that prints this right before it; found none")
    shown, real = block.code.rstrip().splitlines(), printed.rstrip().splitlines()
    if shown != real:
        change = "\n".join(difflib.unified_diff(shown, real, "the page says", "it prints", lineterm=""))
        raise SystemExit(f"{page}:{block.line}: the output is another one\n{change}")


def refusals(page: Path, folder: Path) -> dict[int, set[str]]:
    """By line: the rules of ruff that a snippet breaks; `format` if it is not neat.

    The settings are those of `docs/`.
    Good snippets are the cells of a notebook and held to the settings for these; each bad one is a file of its own.
    """
    import nbformat  # not for the script: it runs in a process of its own for each page

    blocks = [block for block in blocks_of(page) if block.info.startswith("python")]
    good = [block for block in blocks if not block.info.startswith(BAD)]
    cells = [nbformat.v4.new_code_cell(block.code.rstrip(), id=f"line-{block.line}") for block in good]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "good.ipynb")
    for block in blocks:
        if block.info.startswith(BAD):
            (folder / f"bad_{block.line}.py").write_text(block.code, "utf-8")
    found: dict[int, set[str]] = {block.line: set() for block in blocks}
    for problem in json.loads(_ruff("check", folder, "--output-format", "json")):
        name = Path(problem["filename"])
        line = good[problem["cell"] - 1].line if problem["cell"] else int(name.stem.removeprefix("bad_"))
        found[line].add(problem["code"] or "syntax")
    for cell in re.findall(
        r"^\+\+\+ .*:cell (\d+)\n@@", _ruff("format", folder / "good.ipynb", "--diff"), re.MULTILINE
    ):
        found[good[int(cell) - 1].line].add("format")
    for block in blocks:
        if block.info.startswith(BAD):
            found[block.line] -= OF_A_FRAGMENT - {block.info.removeprefix(BAD)}
    return found


def _ruff(command: str, path: Path, *options: str) -> str:
    settings = ("--config", str(ROOT / "docs" / ".ruff.toml"), "--no-cache")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", command, *options, *settings, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    execute(sys.argv[1], [Block(**block) for block in json.load(sys.stdin)])
    print(ALL_RUN, end="")
