"""What works on this machine: one line a part, with what to do when it does not."""

import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from grading.errors import GradingError
from grading.marking.grader import VERSION

DISTRIBUTION = "module-09-experiment-tracking"
STORE = "mlflow.db"
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    part: str
    works: bool
    text: str


def examine() -> Iterator[Finding]:
    """Look at every part, the slow ones last; a part that breaks is a finding, not a crash."""
    parts: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("git", _git),
        ("dvc", _dvc),
        ("course data", _data),
        ("your store", _store),
        ("warm kernels", _warm_kernels),
        ("confinement", _confinement),
        ("kernel and MLflow store", _kernel),
    ]
    for name, look in parts:
        try:
            yield Finding(name, True, look())
        except (GradingError, OSError, RuntimeError) as error:
            yield Finding(name, False, str(error))


def _python() -> str:
    found = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        raise GradingError(f"{found}: Python 3.11 or newer is needed")
    return f"{found} at {sys.executable}"


def _packages() -> str:
    wrong = []
    for line in requires(DISTRIBUTION) or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if found not in requirement.specifier:
            wrong.append(f"{requirement.name} is {found}, expected {requirement.specifier}")
    if wrong:
        raise GradingError("; ".join(wrong) + ". Remove .venv and run make again")
    return f"as required; module {VERSION}, mlflow {version('mlflow')}, scikit-learn {version('scikit-learn')}"


def _git() -> str:
    if shutil.which("git") is None:
        raise GradingError("not found: install git, or the check 'Code version tagged' cannot be graded")
    from grading.evidence.code_version import distrusted, git
    from grading.files import ROOT

    if remedy := distrusted(git(ROOT, "rev-parse", "HEAD").stderr):
        raise GradingError(f"it does not trust {ROOT}, which belongs to another user: {remedy}")
    return subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _dvc() -> str:
    from grading.files import ROOT

    asked = subprocess.run([sys.executable, "-m", "dvc", "--version"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise GradingError("does not start: `make pipeline` cannot run. Remove .venv and run make again")
    here = "" if (ROOT / ".dvc").is_dir() else f"; no .dvc folder in {ROOT}: only `make pipeline` needs it"
    return f"dvc {asked.stdout.strip()}{here}"


def _data() -> str:
    from grading.evidence.data_files import DATA

    files = sorted(file.name for file in DATA.glob("*.csv"))
    if len(files) < 4:
        raise GradingError(f"expected four CSV files in {DATA}; found {files}. Run python data/make_data.py")
    return f"{len(files)} files in {DATA}"


def _store() -> str:
    """Not whether there is one, but whether its folder is where MLflow believes it to be."""
    from grading.evidence.moved_store import moved_from, what_to_do
    from grading.evidence.sqlite_store import SqliteStore
    from grading.files import ROOT

    files = [folder / STORE for folder in dict.fromkeys((Path.cwd(), ROOT / "notebooks"))]
    found = [SqliteStore(f"sqlite:///{file}") for file in files if file.is_file()]
    for store in found:
        if former := moved_from(store):
            raise GradingError(what_to_do(store, former))
    return ", ".join(str(store.path) for store in found) or "none yet: the first notebook makes one"


def _warm_kernels() -> str:
    """An ordinary kernel does the same, only later: a machine without warm ones works."""
    from jupyter_client.kernelspec import find_kernel_specs

    from grading.running.kernels.provisioner import KERNEL_NAME
    from grading.running.kernels.warm_process import WarmthError, shared

    if KERNEL_NAME not in find_kernel_specs():
        raise GradingError(f"the kernel {KERNEL_NAME} is not installed. Remove .venv and run make again")
    start = time.monotonic()
    try:
        shared()
    except WarmthError as problem:
        return f"none: {problem}. Notebooks run in ordinary kernels, which start more slowly"
    return f"warmed up in {time.monotonic() - start:.1f} s; each notebook gets a fork"


def _confinement() -> str:
    """Without it, the machine works for what you would run yourself."""
    from grading.running.kernels.confinement import strength

    if strength().missing:
        return f"none: {strength().missing}. Notebooks run with your rights: grade only what you would run yourself"
    weaker = "" if strength().landlock >= 6 else "; signals are not held back: Linux 6.12 or newer does that"
    return f"Landlock {strength().landlock}, seccomp{weaker}"


def _kernel() -> str:
    """Run one cell that logs to a new store, and read it back: the whole way a grading goes."""
    import nbformat

    from grading.evidence.data_files import DATA
    from grading.evidence.open_store import open_store
    from grading.running.execution import run_notebook
    from grading.running.execution_report import State
    from grading.running.notebook import Notebook

    source = "import mlflow\nmlflow.set_experiment('doctor')\nwith mlflow.start_run():\n    mlflow.log_param('a', 1)"
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="doctor")])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder).resolve()
        execution = run_notebook(Notebook(path / "M9_00_doctor.ipynb", node, ""), path / "run", data=DATA, timeout=120)
        if execution.report.state is not State.FINISHED:
            raise GradingError("; ".join(failure.error for failure in execution.report.failures))
        runs = open_store(execution.tracking_uri).runs
        if [dict(run.params) for run in runs] != [{"a": "1"}]:
            raise GradingError("a run was logged and could not be read back: is mlflow the pinned version?")
        report = execution.report
        return f"a run was logged and read back in {report.seconds:.1f} s; confined by: {report.confinement}"
