"""One promotion at a time: MLflow has no compare-and-set, but of two who create a registered model one is refused."""

import contextlib
import hashlib
import time
import uuid
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from grading.errors import PromotionError

SUFFIX = ".promotion-lock"
PATIENCE = 10  # seconds to wait for another promotion, which takes a fraction of one
STALE = 60  # seconds after which a lock is one of a process that died
PAUSE = 0.1  # seconds between two looks
GONE = "RESOURCE_DOES_NOT_EXIST"
TRY_AGAIN = frozenset({"RESOURCE_ALREADY_EXISTS", GONE, "TEMPORARILY_UNAVAILABLE"})


class PromotionLock:
    """Held while in its `with`: an empty registered model, `<name>.promotion-lock`, that says whose it is since when.

    Raises PromotionError when another promotion holds it for longer than ten seconds; one of over a minute is taken
    over, and `notes` says so.
    """

    def __init__(self, client: Any, name: str, by: str) -> None:
        self.name = f"{name}{SUFFIX}"
        self.notes: list[str] = []
        self._client = client
        self._by = by
        self._token = uuid.uuid4().hex

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE
        while not self._created():
            owner = self._owner()
            if _age(owner) > STALE and self._taken_over(owner):
                continue
            if time.monotonic() > deadline:
                raise PromotionError(
                    f"{owner.get('by', 'somebody')} is moving an alias of this model (the lock is the registered model "
                    f"{self.name}, since {owner.get('since', 'now')}): ask again in a minute"
                )
            time.sleep(PAUSE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from mlflow.exceptions import MlflowException

        # What was done is done: a lock that cannot be removed is taken over by the next who comes.
        with contextlib.suppress(MlflowException, PromotionError):
            if self._owner().get("token") == self._token:
                self._client.delete_registered_model(self.name)

    def confirm(self) -> None:
        """Raise PromotionError when somebody took the lock over, because we were too slow."""
        owner = self._owner()
        if owner.get("token") != self._token:
            taker = owner.get("by", "somebody")
            raise PromotionError(f"this promotion took over {STALE} seconds and {taker} went ahead: ask again")

    def _created(self) -> bool:
        tags = {"by": self._by, "since": datetime.now(UTC).isoformat(), "token": self._token}
        return self._made(self.name, tags) or self._owner().get("token") == self._token  # a request that was sent twice

    def _made(self, name: str, tags: dict[str, str]) -> bool:
        """Make a registered model; False when there is one already, which may be gone by now."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name, tags, "A lock of `grading gate`; gone in a moment.")
        except MlflowException as error:
            if error.error_code not in TRY_AGAIN:
                raise
            return False
        return True

    def _owner(self, *, again: bool = True) -> dict[str, str]:
        """The tags of the lock; empty when there is none. Raises PromotionError for a model that is no lock."""
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.get_registered_model(self.name)
        except MlflowException as error:
            if error.error_code == GONE:
                return {}
            raise
        if {"by", "since"} <= found.tags.keys() and not found.latest_versions:
            return dict(found.tags)
        if again:  # a lock that is just being deleted loses its tags first
            time.sleep(PAUSE)
            return self._owner(again=False)
        raise PromotionError(f"expected no model named {self.name}: it is the gate's lock. Rename or delete it")

    def _taken_over(self, owner: dict[str, str]) -> bool:
        """Delete the lock that `owner` left; False when somebody else is at it.

        Only who made the marker of this very lock may delete it: nobody deletes the lock of who took it over first.
        """
        marker = f"{self.name}.{hashlib.sha256(repr(sorted(owner.items())).encode()).hexdigest()[:12]}"
        if not self._made(marker, {"by": self._by}):
            return False
        try:
            if self._owner() == owner:
                self._client.delete_registered_model(self.name)
                self.notes.append(f"took over the lock that {owner['by']} left behind at {owner['since']}")
        finally:
            self._client.delete_registered_model(marker)
        return True


def _age(owner: dict[str, str]) -> float:
    """Seconds since the lock was made; one whose time cannot be read is new."""
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(owner["since"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return 0.0
