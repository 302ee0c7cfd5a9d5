from IPython.display import display
from ipykernel.kernelapp import IPKernelApp

kernel = IPKernelApp.instance().kernel
display(
    {
        "text/html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "application/json": [[[[]]]],
        "image/png": "!",
        "x": {},
    },
    raw=True,
)
for content in (
    {},
    {"name": 1, "text": 2},
    {"data": [], "metadata": 1},
    {"ename": [], "evalue": {}, "traceback": 7},
    {"data": {"text/plain": 1}},
):
    for kind in (
        "stream",
        "display_data",
        "error",
        "execute_result",
        "update_display_data",
        "clear_output",
        "status",
        "execute_input",
        "nonsense",
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
