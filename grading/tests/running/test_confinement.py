"""Confinement: what it is made of on this machine, what it says of itself, and that it is never silently left out."""

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading.assessment import assessment
from grading.assessment.assessment import assess
from grading.commands.cli import app
from grading.errors import InputError
from grading.evidence.data_files import DATA
from grading.evidence.model_answer import Request
from grading.files import PACKAGE
from grading.running.execution import run_notebook
from grading.running.execution_report import State
from grading.running.kernels import confinement, privileges, system_calls, warm_process
from grading.running.kernels.confinement import Box, Limits, Strength, strength
from grading.running.kernels.guard import over
from grading.running.kernels.prediction import predict
from grading.running.kernels.warm_process import ForkedKernel, WarmthError, shared
from grading.running.notebook import read_notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not strength().enough, reason=f"nothing to confine with: {strength().missing}"),
]
TRACKED = "import mlflow\nmlflow.set_experiment('a')\nwith mlflow.start_run():\n    mlflow.log_metric('m', 1)"


def box(folder: Path, **limits: int) -> Box:
    return Box((str(folder),), limits=Limits(**limits))


def started(folder: Path, code: str, **limits: int) -> ForkedKernel:
    """A confined kernel that runs this code as IPython's start-up file, and then waits for messages."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "start.py").write_text(code)
    connection = folder / "kernel.json"
    sockets = {f"{name}_port": number for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
    connection.write_text(json.dumps({"transport": "ipc", "ip": str(folder / "k"), "key": "secret", **sockets}))
    environment = {"HOME": str(folder), "IPYTHONDIR": str(folder / "ipython"), "PATH": os.defpath}
    return shared().fork(["-f", str(connection)], str(folder), environment, box(folder, **limits))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a path that is short enough for sockets."""
    short = Path("/tmp", f"grading-test-{os.getpid()}-{tmp_path.name[-8:]}")
    short.mkdir(mode=0o711)
    tmp_path.joinpath("link").symlink_to(short)
    return short


def test_a_scorecard_names_what_confined_the_notebook(make_notebook: Callable[..., Path]) -> None:
    said = assess(make_notebook(TRACKED)).scorecard.execution.confinement
    assert said.startswith(f"Landlock {strength().landlock} (files")
    assert "seccomp (no network), limits" in said


def test_a_scorecard_says_that_nothing_confined_the_notebook(make_notebook: Callable[..., Path]) -> None:
    assert assess(make_notebook(TRACKED), confine="off").scorecard.execution.confinement == "none"


def test_what_must_be_confined_is_refused_where_it_cannot_be(
    make_notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_process, "SUPPORTED", False)
    with pytest.raises(InputError, match=r"only warm kernels can be confined.*--confine off"):
        assess(make_notebook(TRACKED), confine="on")
    refused = CliRunner().invoke(app, ["grade", str(make_notebook(TRACKED)), "--confine", "on"])
    assert refused.exit_code == 2


def test_what_was_to_be_confined_is_never_launched_otherwise(
    make_notebook: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise WarmthError("the warm process is gone")

    monkeypatch.setattr(warm_process.WarmProcess, "_fork", cannot)
    with pytest.raises(WarmthError):
        run_notebook(read_notebook(make_notebook("open('ran', 'w')")), tmp_path / "run", data=DATA)
    assert not (tmp_path / "run" / "work" / "ran").exists()


def test_a_process_that_cannot_be_confined_is_no_kernel(tmp_path: Path) -> None:
    nowhere = Box(write=(str(tmp_path / "missing"),))
    with pytest.raises((confinement.ConfinementError, WarmthError)):
        shared().fork([], str(tmp_path), {}, nowhere)
    assert shared().alive


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (Strength(7, seccomp=True), ""),
        (Strength(0, seccomp=True), "no Landlock"),
        (Strength(7, seccomp=False), "libseccomp is not installed"),
    ],
)
def test_what_is_missing_is_said(found: Strength, missing: str) -> None:
    assert found.enough == (not missing)
    assert missing in found.missing


def test_without_libseccomp_it_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_calls, "library", lambda: None)
    assert not strength.__wrapped__().enough


def test_no_kernel_may_read_the_solutions_or_the_tests() -> None:
    allowed = [Path(path) for path in confinement._common()]
    for withheld in (PACKAGE / "solutions", PACKAGE / "tests"):
        assert not [path for path in allowed if withheld.is_relative_to(path) or path.is_relative_to(withheld)]
    assert PACKAGE / "errors.py" in allowed


@pytest.mark.parametrize(
    ("code", "limits", "stopped"),
    [
        (
            "import subprocess, sys\nkeeps = 'import time; kept = bytearray(range(200)) * 300_000; time.sleep(60)'\n"
            "for _ in range(4):\n    subprocess.Popen([sys.executable, '-c', keeps])",
            {"memory": 200_000_000},
            "more than 200 MB of memory",
        ),
        (
            "for n in range(40):\n    open(f'big{n}', 'wb').write(bytes(1_000_000))",
            {"disk": 20_000_000},
            "more than 20 MB of disk space",
        ),
        ("for n in range(300):\n    open(f'small{n}', 'w')", {"files": 200}, "more than 200 files"),
        ("while True: pass", {"cpu_seconds": 1}, "more than 1 seconds of processor time"),
    ],
)
def test_a_kernel_over_a_limit_is_ended_with_all_that_it_started(
    folder: Path, code: str, limits: dict[str, int], stopped: str
) -> None:
    kernel = started(folder, code, **limits)
    kernel.wait(60)
    assert kernel.usage is not None
    assert kernel.usage.stopped == stopped
    assert not _speaking_of(folder)


def test_a_kernel_has_no_more_processes_than_its_limit(folder: Path) -> None:
    code = (
        "import os, subprocess\ntry:\n    for _ in range(80):\n        subprocess.Popen(['sleep', '60'])\n"
        "except OSError:\n    open('refused', 'w')\nimport time; time.sleep(1); os._exit(0)"
    )
    kernel = started(folder, code, processes=50)
    kernel.wait(60)
    assert kernel.usage is not None
    assert (folder / "refused").exists() or kernel.usage.stopped == "more than 50 processes at a time"
    assert not _speaking_of(folder)


def test_a_process_is_refused_memory_over_its_limit(folder: Path) -> None:
    code = (
        "import os\ntry:\n    kept = bytearray(400_000_000)\nexcept MemoryError:\n    open('refused', 'w')\nos._exit(0)"
    )
    kernel = started(folder, code, memory=250_000_000)
    kernel.wait(60)
    assert (folder / "refused").exists()
    assert kernel.usage is not None
    assert not kernel.usage.stopped


def _speaking_of(folder: Path) -> list[str]:
    """Processes with the folder in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes() and int(process.name) != os.getpid():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_usage_counts_what_a_notebook_needed(make_notebook: Callable[..., Path]) -> None:
    busy = "import time\nstart = time.process_time()\nwhile time.process_time() < start + 1: pass"
    cell = f"kept = bytearray(150_000_000)\n{busy}"
    report = assess(make_notebook(TRACKED, cell)).scorecard.execution
    assert report.cpu_seconds > 1
    assert report.peak_memory > 150_000_000


def test_a_notebook_whose_warm_process_dies_is_run_once_more(
    make_notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared()
    runs = []

    def counted(*arguments: object, **settings: object) -> object:
        runs.append(1)
        if len(runs) == 1:
            threading.Timer(2, os.kill, (shared()._process.pid, signal.SIGKILL)).start()
        return run_notebook(*arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(assessment, "run_notebook", counted)
    card = assess(make_notebook(TRACKED, "import time; time.sleep(5)")).scorecard
    assert len(runs) == 2
    assert card.execution.state is State.FINISHED


def test_a_model_can_read_its_folder_and_data_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    model = tmp_path / "model"
    model.mkdir()
    source = f"import mlflow.pyfunc\nopen({str(secret)!r}).read()\n"
    (model / "code.py").write_text(source)
    (model / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: code\n    code: .\n")
    request = Request(str(model), str(DATA / "diabetes_v1.csv"), (0,), ("bmi",), "progression")
    assert "Permission" in predict(request, confined=True).problem


def test_a_confined_kernel_speaks_to_nobody(make_notebook: Callable[..., Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        port = listener.getsockname()[1]
        report = assess(
            make_notebook(TRACKED, f"import socket; socket.create_connection(('127.0.0.1', {port}))")
        ).scorecard.execution
        with pytest.raises(TimeoutError):
            listener.accept()
    assert report.state is State.RAISED
    assert "PermissionError" in report.failures[0].error


def test_a_limit_is_said_in_words() -> None:
    assert over("memory", 3, 2, " MB") == "more than 2 MB of memory"
    assert over("files", 30_000, 20_000) == "more than 20,000 files"
    assert not over("files", 2, 2)


@pytest.mark.skipif(not privileges.can_change_user(), reason="only root gives a kernel a user of its own")
def test_a_kernel_keeps_its_user_where_another_could_not_reach_the_packages(tmp_path: Path) -> None:
    closed = tmp_path / "home" / "environment"
    closed.mkdir(parents=True)
    tmp_path.joinpath("home").chmod(0o700)
    assert privileges.own_user(1, ["/tmp/anywhere"]) is not None
    assert privileges.own_user(1, ["/tmp/anywhere", str(closed)]) is None
