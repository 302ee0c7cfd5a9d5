"""A notebook client that keeps what a kernel says within bounds: a flood costs the notebook, not the grader."""

from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

LARGEST_MESSAGE = 8_000_000  # bytes; what is larger is not received at all
WAITING_MESSAGES = 100  # of one kernel; a publisher drops what does not fit
SEND_TIMEOUT = 10_000  # ms; a kernel that breaks the protocol is no longer connected, and a message waits for ever
LARGEST_NOTEBOOK = 30_000_000  # characters of all outputs together
NO_COMMS = ("comm_open", "comm_msg", "comm_close")  # widgets: nobody looks at them


class WithoutHeartbeat(AsyncKernelClient):
    """A client that does not ask whether the kernel is alive, for a kernel that breaks the protocol never lets it end.

    Whether the process is alive, its manager knows.
    """

    def start_channels(self, *arguments: Any, **named: Any) -> None:
        """Connect all channels but that one."""
        super().start_channels(*arguments, **named | {"hb": False})


class BoundedClient(NotebookClient):
    """Runs a notebook's cells as nbclient does; outputs beyond the bounds are left out, and said to be."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._room = LARGEST_NOTEBOOK

    def create_kernel_manager(self) -> Any:
        """The kernel's manager, all of whose sockets bound what they hold and how long they wait."""
        manager: Any = super().create_kernel_manager()
        manager.client_class = f"{__name__}.{WithoutHeartbeat.__name__}"
        manager.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        manager.context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
        manager.context.setsockopt(zmq.SNDTIMEO, SEND_TIMEOUT)
        return manager

    async def _async_cleanup_kernel(self) -> None:
        """Once: at the exit of this process it would be an error."""
        if self.km is not None:
            await super()._async_cleanup_kernel()

    _cleanup_kernel = run_sync(_async_cleanup_kernel)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take a message of the kernel's, unless there is no room for it."""
        kind = msg.get("msg_type", "")
        if kind in NO_COMMS:
            return None
        if kind in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            before, self._room = self._room, self._room - _size(msg["content"])
            if self._room < 0:
                if before >= 0:
                    text = f"… left out: more than {LARGEST_NOTEBOOK // 1_000_000} MB of output\n"
                    msg = msg | {"msg_type": "stream", "content": {"name": "stderr", "text": text}}
                elif kind != "error":
                    return None
                else:
                    msg["content"]["traceback"] = []
        return super().process_message(msg, cell, cell_index)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 8
