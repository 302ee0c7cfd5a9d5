"""The sample notebooks of nbclient's own tests give the same outputs in a warm kernel as in an ordinary one."""

import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from grading.running.kernels.provisioner import KERNEL_NAME
from grading.running.kernels.warm_process import SUPPORTED

NAMES = (
    "Check History in Memory", "Clear Output", "Disable Stdin", "Empty Cell", "Error", "Factorials", "HelloWorld",
    "Inline Image", "JupyterWidgets", "Other Comms", "Output", "SVG", "Skip Exceptions",
    "Skip Exceptions with Cell Tags", "Skip Execution with Cell Tag", "Sleep1s", "Unicode", "UnicodePy3",
    "update-display-id",
)  # fmt: skip
OWN = re.compile(
    r"(?<=ipykernel_)\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|0x[0-9a-f]+|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(not SUPPORTED, reason="warm kernels need Linux"),
    pytest.mark.xdist_group("kernel-samples"),
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the notebooks, from the source distribution of the nbclient that is installed."""
    folder = tmp_path_factory.mktemp("nbclient")
    wanted = f"nbclient=={version('nbclient')}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-binary", "nbclient", wanted], cwd=folder, capture_output=True, text=True, check=False
    )
    archives = list(folder.glob("*.tar.gz"))
    if not archives and not os.environ.get("CI"):
        pytest.skip(f"the source distribution of {wanted} cannot be had: {done.stderr.strip()[-200:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.glob("nbclient-*/tests/files"))


def outputs(notebook: Path, folder: Path, kernel: str) -> list[Any]:
    """The outputs of each cell, without what differs from run to run; or that the kernel died."""
    node = nbformat.read(notebook, as_version=4)
    client = NotebookClient(node, kernel_name=kernel, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    try:
        client.execute()
    except DeadKernelError:
        return ["died"]
    return [
        OWN.sub("", nbformat.from_dict(output).__repr__()) for cell in node.cells for output in cell.get("outputs", [])
    ]


@pytest.mark.parametrize("name", [*NAMES, "Autokill"])
def test_a_sample_gives_the_same_outputs(
    name: str, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "0")  # as the grader sets it for either kernel
    notebook = samples / f"{name}.ipynb"
    warm, cold = outputs(notebook, tmp_path, KERNEL_NAME), outputs(notebook, tmp_path, "python3")
    assert warm == cold
    assert (warm == ["died"]) == (name == "Autokill")
