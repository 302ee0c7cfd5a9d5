"""Which reader a store needs: SQL for a file, MLflow's client for a server."""

from pathlib import Path
from urllib.parse import urlparse

from grading.errors import StoreError
from grading.evidence.server_store import ServerStore
from grading.evidence.sqlite_store import SqliteStore
from grading.evidence.store import Store


def open_store(uri: str, root: Path | None = None) -> Store:
    """The read-only view of the store at a tracking URI: `sqlite:///…` by SQL, `http…` by MLflow's client.

    `root`: the folder artifacts must lie in (None trusts the store, as its owner may).
    Raises StoreError when there is no store, or it is not one of this MLflow's.
    """
    scheme = urlparse(uri).scheme
    if scheme == "sqlite":
        return SqliteStore(uri, root)
    if scheme in ("http", "https"):
        return ServerStore(uri)
    raise StoreError(f"expected a tracking URI like sqlite:///mlflow.db or http://localhost:5000; found {uri!r}")
