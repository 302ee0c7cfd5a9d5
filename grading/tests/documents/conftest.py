"""The logs of two runs, for the tests of what fills them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grading.evidence.store import Run
from grading.tests.conftest import logging_to
from grading.tests.documents.logged_runs import log_of_everything, log_of_ridge


@pytest.fixture
def logged(tracking: str) -> Callable[..., tuple[str, Run]]:
    return log_of_ridge(tracking)


@pytest.fixture(scope="session")
def full_store(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, tuple[str, Run]]:
    """The URI of a store, and the log and the run of everything in it."""
    with logging_to(empty_store, tmp_path_factory.mktemp("full")) as uri:
        return uri, log_of_everything(uri)


@pytest.fixture
def full(full_store: tuple[str, tuple[str, Run]]) -> tuple[str, Run]:
    return full_store[1]
