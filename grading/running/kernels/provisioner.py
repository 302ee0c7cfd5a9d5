"""The warm kernel as a kernel like any other: jupyter_client asks this class, registered as the entry point `warm`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grading.running.kernels.confinement import Box
from grading.running.kernels.warm_process import ForkedKernel, WarmthError, shared

KERNEL_NAME = "warm-python3"  # of the kernelspec that names this provisioner
LAUNCHER = "ipykernel_launcher"
NO_HISTORY = "--HistoryManager.hist_file=:memory:"  # nbclient asks it of kernels that are called python3


@dataclass
class Order:
    """What the grader wants launched, given to jupyter_client's `start_kernel` as `order`; and what was."""

    box: Box | None
    kernel: ForkedKernel | None = None


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by a fork of the warm process; where there is none, as the ordinary provisioner does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command, `python -m ipykernel_launcher -f FILE`.

        What was ordered confined is never launched otherwise: raises WarmthError and ConfinementError instead.
        """
        order = kwargs.pop("order", None) or Order(None)
        arguments = [*cmd[cmd.index(LAUNCHER) + 1 :], NO_HISTORY]
        cwd = str(Path(kwargs.get("cwd") or ".").absolute())  # of ours: the warm process has a folder of its own
        try:
            kernel = shared().fork(arguments, cwd, kwargs.get("env") or {}, order.box)
        except WarmthError:
            if order.box:
                raise
            return await super().launch_kernel(cmd, **kwargs)
        order.kernel = kernel
        self.process = kernel  # type: ignore[assignment]  # it has the same methods
        self.pid = kernel.pid  # no group: signals go to the process itself, whose number cannot be another's
        self.cwd = cwd
        return self.connection_info
