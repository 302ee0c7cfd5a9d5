"""Aliases that move only through the gate, one move at a time, with their history as tags on the versions."""

import getpass
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from grading.errors import InputError, PromotionError, shorten
from grading.evidence.open_store import open_store
from grading.evidence.store import ModelVersion
from grading.registry.gate import Ruling, hold
from grading.registry.promotion_lock import PromotionLock

ALIAS = re.compile(r"(?!latest$)(?!v[0-9]+$)[A-Za-z0-9_-]+", re.IGNORECASE)  # MLflow's own rules
KEY = re.compile(r"gate\.(?P<alias>[^.]+)\.(?P<number>[0-9]{4,9})")
RECORDED = ("action", "by", "at", "contract", "run", "previous", "why")  # the rest is said by the tag's key and place
Action = Literal["promoted", "rolled_back_to"]


@dataclass(frozen=True)
class Event:
    """One move of an alias: to which version, by whom, when, under which contract, and why."""

    name: str
    version: int
    alias: str
    number: int
    action: Action
    by: str
    at: str  # ISO 8601, UTC
    contract: str
    run: str  # id
    previous: int | None  # the version that held the alias until then
    why: str
    notes: tuple[str, ...] = ()  # what was noticed while moving; not kept

    def __str__(self) -> str:
        again = "now" if self.action == "promoted" else "again"
        return f"{self.name}/{self.version} is {self.alias} {again}; before: {_version(self.name, self.previous)}"


def promote(ruling: Ruling, alias: str, tracking_uri: str, why: str = "") -> Event:
    """Give the alias to the version that was held to a contract and meets it, and record that.

    Raises PromotionError, and changes nothing, when a clause is unmet or the alias was moved since the ruling began;
    InputError when a run was held, or MLflow takes no such alias.
    """
    return _move("promoted", ruling, alias, tracking_uri, why)


def rollback(
    contract: str, name: str, alias: str, tracking_uri: str, why: str = "", data: Iterable[Path] = ()
) -> Event:
    """Give the alias back to the version that held it before, which must meet the contract too, and record that.

    `name`: the model, or `model/version` to say which version has to give it up. Raises as `promote` does.
    """
    earlier = before(name, alias, tracking_uri)
    return give_back(hold(contract, earlier, tracking_uri, data), alias, tracking_uri, why)


def give_back(ruling: Ruling, alias: str, tracking_uri: str, why: str = "") -> Event:
    """The second half of `rollback`: the version of the ruling, if it is still the one before, gets the alias back."""
    return _move("rolled_back_to", ruling, alias, tracking_uri, why)


def before(name: str, alias: str, tracking_uri: str) -> str:
    """The version, as `model/version`, that would get the alias back; raises PromotionError when there is none.

    `name`: the model, or `model/version`, which then must have the alias.
    """
    model, slash, number = name.partition("/")
    known = open_store(tracking_uri).versions
    versions = [version for version in known if version.name == model]
    if not versions:
        names = ", ".join(sorted({version.name for version in known})) or "none"
        raise PromotionError(f"expected a registered model with versions; found {model!r}. The store has: {names}")
    holder = holder_of(versions, alias)
    if slash and number != str(holder):
        has = _version(model, holder)
        raise PromotionError(f"{alias} is {has}, not {name}: name the version that has it, or the model alone")
    previous = holder_before(versions, model, alias)
    if previous is None:
        has = f"{model}/{holder} has it and" if holder else f"no version of {model} has it, and"
        raise PromotionError(f"nothing to give {alias} back to: {has} nobody is known to have had it before")
    return f"{model}/{previous}"


def history(versions: Iterable[ModelVersion], name: str, alias: str) -> tuple[Event, ...]:
    """What the gate did with an alias of a model, oldest first, from the tags of its versions; pure.

    Tags that the gate did not write are left out.
    """
    events = []
    for version, number, text in _records(versions, name, alias):
        told = {"name": name, "version": version.version, "alias": alias, "number": number}
        try:
            found = json.loads(text)
            events.append(_reader().validate_python({key: found[key] for key in RECORDED} | told))
        except (ValueError, TypeError, KeyError, RecursionError):  # a student may write any tag
            continue
    return tuple(sorted(events, key=lambda event: (event.number, event.version)))


def holder_by_history(events: Sequence[Event]) -> int | None:
    """The version that has the alias, if nobody moved it outside the gate."""
    return events[-1].version if events else None


def holder_of(versions: Iterable[ModelVersion], alias: str) -> int | None:
    """The version that really has the alias; the versions are those of one model."""
    return next((version.version for version in versions if alias in version.aliases), None)


def holder_before(versions: Sequence[ModelVersion], name: str, alias: str) -> int | None:
    """The version that had the alias before its holder and still is there: the history is replayed, so that two
    rollbacks go two steps back; pure."""
    held: list[int] = []  # one after the other, without what was given back
    for event in history(versions, name, alias):
        if event.previous is not None and held[-1:] != [event.previous]:
            held.append(event.previous)  # it was moved by hand in between
        if event.action == "rolled_back_to":
            while held and held[-1] != event.version:
                held.pop()
        if held[-1:] != [event.version]:
            held.append(event.version)
    holder = holder_of(versions, alias)
    there = {version.version for version in versions} - {holder}
    if held[-1:] == [holder]:
        held.pop()
    return next((number for number in reversed(held) if number in there), None)


def strays(versions: Sequence[ModelVersion], name: str) -> tuple[str, ...]:
    """A sentence for each alias of a model that has a history and is not where it says: moved outside the gate."""
    keys = [KEY.fullmatch(key) for version in versions if version.name == name for key in version.tags]
    aliases = sorted({match["alias"] for match in keys if match})
    found = (_stray(versions, name, alias) for alias in aliases if history(versions, name, alias))
    return tuple(filter(None, found))


def _stray(versions: Sequence[ModelVersion], name: str, alias: str) -> str:
    own = [version for version in versions if version.name == name]
    holder, said = holder_of(own, alias), holder_by_history(history(own, name, alias))
    if holder == said:
        return ""
    return f"{alias} is {_version(name, holder)}, the history says {_version(name, said)}: moved outside the gate"


def _records(versions: Iterable[ModelVersion], name: str, alias: str) -> Iterator[tuple[ModelVersion, int, str]]:
    for version in versions:
        for key, text in version.tags.items():
            match = KEY.fullmatch(key)
            if version.name == name and match and match["alias"] == alias:
                yield version, int(match["number"]), text


def _move(action: Action, ruling: Ruling, alias: str, tracking_uri: str, why: str) -> Event:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    if not ALIAS.fullmatch(alias):
        raise InputError(
            f"expected an alias of letters, digits, - and _, not latest or v1, such as champion; found {alias!r}"
        )
    if ruling.version is None:
        raise InputError(f"expected a registered version, such as screening/3; found the run {ruling.run.id}")
    name = ruling.version.name
    if not ruling.met:
        missed = "; ".join(f"expected {clause.expected}, found {clause.found}" for clause in ruling.unmet)
        raise PromotionError(f"{name}/{ruling.version.version} misses {ruling.contract}: {missed}")
    try:
        client: Any = MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
        with PromotionLock(client, name, who()) as lock:
            versions = [version for version in open_store(tracking_uri).versions if version.name == name]
            event = _event(action, ruling, versions, alias, why)
            lock.confirm()
            _write(client, event)
    except MlflowException as error:
        reason = shorten(str(error).splitlines()[0], 200)
        raise PromotionError(f"expected the registry at {tracking_uri} to take the change; found: {reason}") from None
    return replace(event, notes=(*lock.notes, *event.notes))


def _event(action: Action, ruling: Ruling, versions: Sequence[ModelVersion], alias: str, why: str) -> Event:
    """The event to write; raises PromotionError when the registry is not what it was when the ruling began."""
    assert ruling.version is not None  # _move has seen to it
    name, number = ruling.version.name, ruling.version.version
    seen, holder = holder_of(ruling.versions, alias), holder_of(versions, alias)
    if seen != holder:
        found = f"{alias} is {_version(name, holder)} now and was {_version(name, seen)} when the ruling began"
        raise PromotionError(f"somebody was quicker: {found}. Do you still want {name}/{number}? Then ask again")
    if number not in {version.version for version in versions}:
        raise PromotionError(f"{name}/{number} was deleted since the ruling began")
    stray = _stray(versions, name, alias)
    if action == "promoted" and holder == number and not stray:
        raise PromotionError(f"{name}/{number} is {alias} already: there is nothing to do")
    if action == "rolled_back_to" and holder_before(versions, name, alias) != number:
        raise PromotionError(f"{name}/{number} is not the version that had {alias} before: ask for the rollback again")
    notes = tuple(note for note in (stray, ruling.worse_than.get(alias, "")) if note)
    return Event(
        name, number, alias,
        number=1 + max((last for _, last, _ in _records(versions, name, alias)), default=0),
        action=action, by=who(), at=datetime.now(UTC).isoformat(timespec="seconds"),
        contract=ruling.edition, run=ruling.run.id, previous=holder, why=why, notes=notes,
    )  # fmt: skip


def _write(client: Any, event: Event) -> None:
    """The record first, then the alias: an alias that moved without a record would hide who moved it."""
    version, key = str(event.version), f"gate.{event.alias}.{event.number:04}"
    record = {name: value for name, value in asdict(event).items() if name in RECORDED}
    client.set_model_version_tag(event.name, version, key, json.dumps(record, ensure_ascii=False))
    try:
        client.set_registered_model_alias(event.name, event.alias, version)
    except BaseException:
        client.delete_model_version_tag(event.name, version, key)
        raise


def _version(name: str, number: int | None) -> str:
    return "nobody" if number is None else f"{name}/{number}"


def who() -> str:
    """Who moves an alias: the tracking server's user, or the login name."""
    try:
        return os.environ.get("MLFLOW_TRACKING_USERNAME") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container whose user has no name
        return "somebody"


@cache
def _reader() -> TypeAdapter[Event]:
    return TypeAdapter(Event)
