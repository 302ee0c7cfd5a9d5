"""A notebook client that keeps what a kernel says within bounds: a flood costs the notebook, not the grader."""

from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient import NotebookClient

LARGEST_MESSAGE = 8_000_000  # bytes; what is larger is not received at all
WAITING_MESSAGES = 100  # of one kernel; a publisher drops what does not fit
SENDING = 10_000  # milliseconds; to a kernel that broke its connection nothing can be sent, ever
LARGEST_NOTEBOOK = 30_000_000  # characters of all outputs together
NO_COMMS = ("comm_open", "comm_msg", "comm_close")  # widgets: nobody looks at them


class WithoutHeartbeat(AsyncKernelClient):
    """Asks nobody whether the kernel is alive: its guard says so; a question that cannot be sent is waited for."""

    def start_channels(self, *arguments: Any, **channels: Any) -> None:
        """Connect all channels but one."""
        super().start_channels(*arguments, **channels | {"hb": False})


class BoundedClient(NotebookClient):
    """Runs a notebook's cells as nbclient does; outputs beyond the bounds are left out, and said to be."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._room = LARGEST_NOTEBOOK

    async def async_start_new_kernel_client(self) -> Any:
        """Connect to the kernel over sockets that bound what they hold."""
        manager: Any = self.km
        manager.client_factory = WithoutHeartbeat
        for option, most in (
            (zmq.MAXMSGSIZE, LARGEST_MESSAGE),
            (zmq.RCVHWM, WAITING_MESSAGES),
            (zmq.SNDTIMEO, SENDING),
        ):
            manager.context.setsockopt(option, most)
        return await super().async_start_new_kernel_client()

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
