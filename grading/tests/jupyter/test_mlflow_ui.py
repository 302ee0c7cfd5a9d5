"""The MLflow UI's address, its server, and what starts it: without a browser."""

import json
import logging
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grading.errors import InputError
from grading.files import ROOT
from grading.jupyter.mlflow_server import command, is_free, serve
from grading.jupyter.mlflow_ui import ADDRESS, run_link
from grading.tests.conftest import gone


def test_a_run_is_a_path_in_jupyterlab_and_an_address_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    assert run_link("1", "abc") == "http://localhost:5000/#/experiments/1/runs/abc"
    monkeypatch.setenv(ADDRESS, "/user/ada/mlflow/")
    assert run_link("1", "abc") == "/user/ada/mlflow/#/experiments/1/runs/abc"


def test_a_link_costs_a_kernel_no_import() -> None:
    code = "import sys, grading.jupyter.mlflow_ui; print({'mlflow', 'jupyter_server', 'psutil'} & sys.modules.keys())"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_a_port_that_somebody_answers_at_is_taken_and_the_message_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(InputError, match=rf"expected port {port} to be free; found another program there.*AirPlay"):
            serve(tmp_path, port=port)
    assert is_free(port)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found no .*nowhere"):
        serve(tmp_path / "nowhere")


@pytest.mark.slow
def test_the_server_ends_when_what_started_it_is_killed(tmp_path: Path) -> None:
    starts = "import subprocess, sys\nfrom pathlib import Path\nfrom grading.jupyter.mlflow_server import command\n"
    starts += (
        f"server = subprocess.Popen(command(Path({str(tmp_path)!r}), port=0))\nprint(server.pid, flush=True)\ninput()"
    )
    parent = subprocess.Popen([sys.executable, "-c", starts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin
    assert parent.stdout
    with parent:
        server = int(parent.stdout.readline())
        assert not gone_at_once(server)
        parent.kill()
    assert gone(server)


def gone_at_once(pid: int) -> bool:
    """Whether the process has ended."""
    return not Path(f"/proc/{pid}").exists() if sys.platform == "linux" else False


def test_a_shared_machine_gets_a_socket_and_no_port(tmp_path: Path) -> None:
    assert "--port" not in command(tmp_path, port=0, unix_socket=str(tmp_path / "socket"))


def test_containers_are_made_as_make_does_it() -> None:
    """The devcontainer calls make; Binder has its own environment, and fills it from the same lock."""
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([\w./]+)", container["postCreateCommand"]):
        assert f"\n{target}:" in makefile
    fills = (ROOT / ".binder/postBuild").read_text()
    assert "-r requirements.txt" in fills
    assert "--no-deps -e ." in fills
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert (ROOT / ".binder/runtime.txt").read_text().strip() == f"python-{oldest}"
    assert f"python:{oldest}-" in container["image"]


def test_windows_is_told_the_commands_that_make_runs() -> None:
    page = (ROOT / "docs/students.md").read_text("utf-8")
    lab = re.search(r"\$\(BIN\)/jupyter lab (.*)", (ROOT / "Makefile").read_text())
    assert lab
    assert f".venv\\Scripts\\jupyter lab {lab[1]}" in page


def test_the_tab_shows_the_store_of_the_notebooks_and_kernels_know_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_server.serverapp import ServerApp
    from jupyter_server_proxy.config import ServerProxy

    from grading.jupyter import mlflow_tab

    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv(ADDRESS, "")
    app = ServerApp(base_url="/user/ada/", root_dir=str(tmp_path))
    app.config.MLflowTab.port = 0
    mlflow_tab._link_jupyter_server_extension(app)
    assert run_link("1", "abc") == "/user/ada/mlflow/#/experiments/1/runs/abc"
    starts = ServerProxy(parent=app).servers["mlflow"].command(port=0, unix_socket="")
    assert str(tmp_path / "notebooks") in starts


def test_port_5000_is_left_to_who_has_it_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from jupyter_server.serverapp import ServerApp
    from jupyter_server_proxy.config import ServerProxy

    from grading.jupyter import mlflow_tab

    monkeypatch.setenv(ADDRESS, "")
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    app = ServerApp(root_dir=str(tmp_path), log=logging.getLogger("lab"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        app.config.MLflowTab.port = other.getsockname()[1]
        mlflow_tab._link_jupyter_server_extension(app)
    assert ServerProxy(parent=app).servers["mlflow"].port == 0
    assert "is taken" in caplog.text
