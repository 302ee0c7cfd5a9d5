"""Warm kernels: the same results as ordinary ones, apart from each other, gone when they should be."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from grading.evidence.data_files import DATA
from grading.running.execution import run_notebook
from grading.running.execution_report import State
from grading.running.kernels import warm_process
from grading.running.kernels.provisioner import KERNEL_NAME
from grading.running.kernels.warm_process import SUPPORTED, WarmProcess, WarmthError, shared
from grading.running.notebook import read_notebook
from grading.tests.conftest import gone

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not SUPPORTED, reason="warm kernels need Linux")]


def run(folder: Path, *sources: str, kernel: str = KERNEL_NAME) -> list[list[dict[str, Any]]]:
    """The outputs of each of these cells, run by one kernel in this folder."""
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(node, kernel_name=kernel, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    return [[dict(output) for output in cell.outputs] for cell in node.cells]


def text(outputs: list[dict[str, Any]]) -> str:
    return "".join(output.get("text", "") for output in outputs)


def without_process(output: dict[str, Any]) -> dict[str, Any]:
    """The output without the number of its process, which IPython puts into the names of cells."""
    return {name: re.sub(r"ipykernel_\d+", "ipykernel", v) if isinstance(v, str) else v for name, v in output.items()}


SAME = (
    "import sys, os, warnings, __main__\nprint(__name__, __main__.__name__, sys.argv[0], sys.path, os.getcwd())",
    "print(sys.flags.hash_randomization, os.environ['MPLBACKEND'], os.getpgid(0) == os.getpid())",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('a line');",
    "import pandas as pd\npd.DataFrame({'a': [1.5, 2.5]}).describe()",
    "warnings.warn('once', UserWarning)\nprint('to stderr', file=sys.stderr)",
    "import logging\nlogging.getLogger('lesson').warning('a log line')",
    "1 / 0",
    "import subprocess\nprint(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout)",
    "import mlflow\nprint(mlflow.get_tracking_uri(), mlflow.active_run(), mlflow.last_active_run.__name__)",
    "import random, numpy as np\nrandom.seed(1); np.random.seed(1)\nprint(random.random(), np.random.rand())",
    "from sklearn.linear_model import Ridge\nRidge().fit([[0.0], [1.0]], [0.0, 1.0]).coef_",
    "%matplotlib --list",
)


def test_a_warm_kernel_gives_the_outputs_of_an_ordinary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "0")  # as the grader sets it for either kernel
    warm, cold = run(tmp_path, *SAME), run(tmp_path, *SAME, kernel="python3")
    for source, one, other in zip(SAME, warm, cold, strict=True):
        assert [without_process(o) for o in one] == [without_process(o) for o in other], source


def test_two_warm_kernels_share_no_randomness(tmp_path: Path) -> None:
    source = "import random, numpy as np, uuid\nprint(random.random(), np.random.rand(), uuid.uuid4())"
    one, other = (text(run(tmp_path, source)[0]).split() for _ in range(2))
    assert not set(one) & set(other)


def test_a_kernel_leaves_nothing_for_the_next_one(tmp_path: Path) -> None:
    run(tmp_path, "import mlflow, os, sklearn\nmlflow.log_metric = sklearn.mark = os.environ['MARK'] = 'changed'")
    looks = "print(mlflow.log_metric, hasattr(sklearn, 'mark'), 'MARK' in os.environ)"
    found = text(run(tmp_path, f"import mlflow, os, sklearn\n{looks}")[0])
    assert "function" in found
    assert found.endswith("False False\n")


def test_no_thread_is_alive_when_a_kernel_is_forked() -> None:
    assert len(list(Path(f"/proc/{shared()._process.pid}/task").iterdir())) == 1


def test_a_notebook_starts_with_an_empty_store_and_nothing_logged_leaves_none(
    make_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    seen = run_notebook(
        read_notebook(make_notebook("import os; assert os.path.exists('mlflow.db')")), tmp_path / "run", data=DATA
    )
    assert seen.report.state is State.FINISHED
    assert not (seen.folder / "mlflow.db").exists()
    assert any("nothing was logged" in note for note in seen.report.notes)


def test_a_kernel_that_exits_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError):
        run(tmp_path, "import os; os._exit(3)")


def test_an_endless_cell_is_stopped_and_its_process_is_gone(make_notebook: Callable[..., Path], tmp_path: Path) -> None:
    endless = make_notebook("import os; open('pid', 'w').write(str(os.getpid()))", "while True: pass")
    execution = run_notebook(read_notebook(endless), tmp_path / "run", data=DATA, timeout=3)
    assert execution.report.state is State.TIMED_OUT
    assert gone(int((execution.folder / "pid").read_text()))


def test_kernels_end_with_the_warm_process_and_the_next_one_starts_another(tmp_path: Path) -> None:
    process = WarmProcess()
    connection = tmp_path / "kernel.json"
    kernel = process.fork(["-f", str(connection)], str(tmp_path), os.environ)
    assert kernel.poll() is None
    process.close()
    assert kernel.wait(10) == 0
    with pytest.raises(WarmthError):
        process.fork(["-f", str(connection)], str(tmp_path), os.environ)
    os.kill(shared()._process.pid, signal.SIGKILL)
    shared()._process.wait() if not shared().alive else None
    assert text(run(tmp_path, "print('again')")[0]) == "again\n"


def test_an_ordinary_kernel_stands_in_where_none_can_be_warm(
    make_notebook: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_process, "SUPPORTED", False)
    logs = make_notebook("import mlflow\nmlflow.set_experiment('cold')\nwith mlflow.start_run():\n    pass")
    execution = run_notebook(read_notebook(logs), tmp_path / "run", data=DATA)
    assert execution.report.state is State.FINISHED
    assert (execution.folder / "mlflow.db").exists()


@pytest.mark.exhaustive
def test_papermill_and_nbconvert_find_the_warm_kernel_by_name(
    make_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    notebook = make_notebook("6 * 7")
    made = tmp_path / "made.ipynb"
    for command in (
        ["papermill", str(notebook), str(made), "-k", KERNEL_NAME, "--no-progress-bar"],
        ["jupyter", "nbconvert", str(notebook), "--execute", "--to=notebook", f"--output={made}",
         f"--ExecutePreprocessor.kernel_name={KERNEL_NAME}"],
    ):  # fmt: skip
        program = str(Path(sys.executable).with_name(command[0]))
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert nbformat.read(made, as_version=4).cells[0].outputs[0]["data"]["text/plain"] == "42"
        made.unlink()


def test_jupyterlab_does_not_offer_the_warm_kernel() -> None:
    jupyter = shutil.which("jupyter", path=str(Path(sys.executable).parent))
    asked = subprocess.run([str(jupyter), "server", "--show-config"], capture_output=True, text=True, check=False)
    assert "allowed_kernelspecs = ['python3']" in asked.stdout


ASKS = """
import json, os, pathlib, multiprocessing.forkserver
import mlflow, pandas as pd
from sklearn.linear_model import Ridge
from grading.running.reproduction import reproduce
from grading.evidence.model_answer import Request
frame = pd.DataFrame({"row": range(4), "a": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 2.0, 4.0, 6.0]})
frame.to_csv("data.csv", index=False)
mlflow.sklearn.save_model(Ridge(alpha=0).fit(frame[["a"]], frame["y"]), "model", pip_requirements=["scikit-learn"])
folder, data = (str(pathlib.Path(name).resolve()) for name in ("model", "data.csv"))
for rows in ((0, 1, 2, 3), (3, 0), (99,)):
    said = reproduce(Request(folder, data, rows, ("a",), "y"))
    print([round(value, 6) for value in said.predictions], said.problem[:8])
print(multiprocessing.forkserver._forkserver._forkserver_pid)
import subprocess, sys
asks = "from sys import argv; from grading.running.reproduction import Request, reproduce; "
asks += "print(reproduce(Request(argv[1], argv[2], (0,), ('a',), 'y')).predictions)"
print(subprocess.run([sys.executable, "-c", asks, folder, data], capture_output=True, text=True).stdout.strip())
"""


def test_a_warm_kernel_predicts_with_saved_models_without_a_server_of_its_own(tmp_path: Path) -> None:
    assert text(run(tmp_path, ASKS)[0]).splitlines() == [
        "[0.0, 2.0, 4.0, 6.0] ",
        "[6.0, 0.0] ",
        "[] KeyError",
        "None",
        "(0.0,)",  # a program started from the kernel has no such server, and starts its own
    ]
