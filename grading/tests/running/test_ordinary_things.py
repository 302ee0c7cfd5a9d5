"""What ordinary notebooks do has the same outcome in JupyterLab's kernel, in a warm one, and in a confined one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest

from grading.evidence.data_files import DATA
from grading.running.execution import run_notebook
from grading.running.kernels.confinement import strength
from grading.running.notebook import Notebook

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("things")]

# What is done: the cell, and what it prints, as a pattern.
THINGS: Final = {
    "a shell line": ("!echo one; echo two >&2", r"one\ntwo\n"),
    "a shell line that fails": ("!exit 3\nprint(_exit_code)", r"3\n"),
    "a shell line that is killed": ("!kill -9 $$\nprint(_exit_code)", r"-9\n"),
    "a shell line with a name of Python's": ("name = 'x'\n!echo {name}", r"x\n"),
    "a shell line with letters beyond ASCII": ("!printf 'é李'", r"é李"),
    "a shell line into a name": ("said = !echo hello\nprint(said)", r"\['hello'\]\n"),
    "git on a shell line": ("!git --version", r"git version .*\n"),
    "dvc on a shell line": ("!dvc --version", r"[\d.]+\n"),
    "%pip of what is there": ("%pip install numpy", r"(?s)Requirement already satisfied: numpy.*"),
    "%pip of what is nowhere": ("%pip install no-such-package-of-ours\nprint('went on')", r"(?s).*went on\n"),
    "%ls": ("open('a.txt', 'w').close()\n%ls a.txt", r"(?s).*a\.txt\s+"),
    "%cd": ("%cd -q ..\n%cd -q -\nimport os\nprint(os.path.exists('a.txt'))", r"True\n"),
    "%env": ("%env GREETING=hello\nimport os\nprint(os.environ['GREETING'])", r"env: GREETING=hello\nhello\n"),
    "%matplotlib": ("%matplotlib inline\nprint('drawn here')", r"drawn here\n"),
    "%time": ("%time x = 1\nprint(x)", r"(?s).*1\n"),
    "%%time": ("%%time\nprint('timed')", r"(?s)timed\n.*"),
    "%%timeit": ("%%timeit -n 1 -r 1\npass", r".* per loop .*\n"),
    "%%capture": ("%%capture kept\nprint('hidden')", r""),
    "%%bash": ("%%bash\necho from bash", r"from bash\n"),
    "%%sh": ("%%sh\necho from sh", r"from sh\n"),
    "%%writefile": ("%%writefile made.py\nprint('made')", r"Writing made\.py\n"),
    "%run": ("%run made.py", r"made\n"),
    "display": ("display('shown'); print('and said')", r"and said\n"),
    "await": ("import asyncio\nprint(await asyncio.sleep(0, 5))", r"5\n"),
    "asyncio in a task": ("async def one(): return 1\nprint(await asyncio.gather(one(), one()))", r"\[1, 1\]\n"),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool: print(list(pool.map(abs, [-1, -2])))",
        r"\[1, 2\]\n",
    ),
    "joblib with n_jobs": (
        "from joblib import Parallel, delayed\nprint(Parallel(n_jobs=2)(delayed(abs)(n) for n in [-1, -2]))",
        r"\[1, 2\]\n",
    ),
    "subprocess": (
        "import subprocess\nprint(subprocess.run(['echo', 'out'], capture_output=True, text=True).stdout)",
        r"out\n\n",
    ),
    "tempfile": (
        "import tempfile\nwith tempfile.NamedTemporaryFile('w') as file: file.write('x')\nprint('ok')",
        r"ok\n",
    ),
    "the data, by a path that was typed": ("print(open('../data/diabetes_v1.csv').readline()[:3])", r"row\n"),
    "the pages, by a path that was typed": ("print(open('../docs/code_snippets.md').readline()[:1])", r"#\n"),
}
KERNELS: Final[dict[str, dict[str, Any]]] = {
    "ordinary": {"warm": False},
    "warm": {"confine": "off"},
    "confined": {"confine": "on"},
}
COLOURS: Final = re.compile(r"\x1b\[[\d;]*m")
Said = Callable[[str, str], str]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What a thing printed in a kernel, errors included; each kernel runs the notebook once."""
    cells = [nbformat.v4.new_code_cell(source, id=f"thing-{n}") for n, (source, _) in enumerate(THINGS.values())]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    node = nbformat.v4.new_notebook(cells=cells, metadata=about)
    printed: dict[tuple[str, str], str] = {}

    def of(kernel: str, thing: str) -> str:
        if (kernel, thing) not in printed:
            folder = tmp_path_factory.mktemp(kernel)
            folder.parent.chmod(0o711)  # a confined kernel's own user must get to its folder
            folder.chmod(0o711)
            notebook = Notebook(Path("M9_05_things.ipynb"), node, "0" * 64)
            executed = run_notebook(notebook, folder / "run", data=DATA, **KERNELS[kernel]).notebook
            for name, cell in zip(THINGS, executed.cells[1:], strict=True):
                texts = "".join(output.get("text", "") + output.get("evalue", "") for output in cell.outputs)
                # A terminal of its own, which JupyterLab's kernel gives a command, makes it end lines and use colours.
                printed[kernel, name] = COLOURS.sub("", texts.replace("\r\n", "\n"))
        return printed[kernel, thing]

    return of


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_it_does_what_it_does_in_jupyterlab(said: Said, kernel: str, thing: str) -> None:
    if kernel == "confined" and strength().missing:
        pytest.skip(f"nothing is confined here: {strength().missing}")
    assert re.fullmatch(THINGS[thing][1], said(kernel, thing)), said(kernel, thing)
