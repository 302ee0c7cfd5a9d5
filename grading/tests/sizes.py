"""Which of the three sizes a test belongs to: `make quick`, `make test` or `make prove`.

A test without a mark is quick: it starts no kernel, server, browser or class run, and one that does fails, with a
sentence. `slow` starts one, or computes for seconds; `make test` runs these too. `exhaustive` is one more proof of a
kind of which `make test` has some already; only `make prove` runs it.
"""

import gc
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

STARTED = re.compile(r"kernels\.zygote|ipykernel_launcher|\bmlflow\b.*\bserver\b|mlflow_server|jupyter-?lab|chrom|dask")
STARTING = {"solved", "served", "browser"}  # fixtures of conftest.py: a test that uses one is slow
running: list[pytest.Item] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen" and running and not _may_start(running[-1]):
        command = " ".join(map(str, arguments[1] if isinstance(arguments[1], list) else [arguments[1]]))
        if STARTED.search(command):
            pytest.fail(f"{running[-1].nodeid} starts a kernel, a server or a browser: mark it `slow`. {command[:200]}")


def _may_start(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("slow", "exhaustive"))


sys.addaudithook(_watch)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what uses a fixture that starts something."""
    for item in items:
        if STARTING & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported stays until the end: the garbage collector need not look at it again and again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note which test is running."""
    running.append(item)
    try:
        return (yield)
    finally:
        running.pop()
