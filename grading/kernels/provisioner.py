"""The warm kernel as a kernel like any other: jupyter_client asks this class, registered as the entry point `warm`."""

from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grading.kernels.warm_process import WarmthError, shared

KERNEL_NAME = "warm-python3"  # of the kernelspec that names this provisioner
LAUNCHER = "ipykernel_launcher"


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by a fork of the warm process; where there is none, as the ordinary provisioner does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command, `python -m ipykernel_launcher -f FILE`."""
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        cwd = str(kwargs.get("cwd") or ".")
        try:
            kernel = shared().fork(arguments, cwd, kwargs.get("env") or {})
        except WarmthError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = kernel  # type: ignore[assignment]  # it has the same methods
        self.pid = self.pgid = kernel.pid  # it leads a group of its own
        self.cwd = cwd
        return self.connection_info
