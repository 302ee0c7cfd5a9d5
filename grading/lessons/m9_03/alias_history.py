"""The gate's history of an alias as evidence: complete, under one contract, and where the alias really is."""

import itertools
import re
from datetime import datetime

from grading.errors import NotAttempted, Unmet
from grading.evidence.contract import Clause
from grading.evidence.evidence import REFUSAL, Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import ModelVersion
from grading.lessons.m9_03.model_versions import MadeVersion, says
from grading.registry.promotion import Event, history, holder_of, strays

ALIAS = "champion"
ANOTHER_NAME = "Take another name for the model, restart the kernel, and run all cells"
REFUSED = re.compile(r"refus|reject|denied|declin|gate_failed|not_promoted", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


def family(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> tuple[ModelVersion, ...]:
    """All versions of the registered model, those of earlier sessions too."""
    return tuple(version for version in evidence.store.versions if version.name == versions[0].version.name)


def events_of(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> tuple[Event, ...]:
    """What the gate did with the champion among these versions, oldest first; raises NotAttempted when nothing."""
    ours = {each.version.version for each in versions}
    name = versions[0].version.name
    events = tuple(event for event in history(family(evidence, versions), name, ALIAS) if event.version in ours)
    if not events:
        raise NotAttempted("a promotion through the gate", "none on record",
                           'promote(hold("contract.yaml", "name/1", TRACKING_URI), "champion", ...)')  # fmt: skip
    return events


def champion_of(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> MadeVersion:
    """The version that has the alias; raises NotAttempted when no version has it."""
    holder = holder_of(family(evidence, versions), ALIAS)
    found = next((each for each in versions if each.version.version == holder), None)
    if found is None:
        label = "nobody" if holder is None else f"version {holder}, of an earlier session"
        raise NotAttempted(f"one of your versions with the alias {ALIAS}", label, "promote one through the gate")
    return found


def require_rollback(events: tuple[Event, ...], versions: tuple[MadeVersion, ...], edition: str) -> Event:
    """The last rollback; raises Unmet unless it followed promotions, each told in full and under one contract.

    Moves before the last change of the contract are history, and need not be under the new one.
    """
    under = list(itertools.takewhile(lambda event: event.contract == edition, reversed(events)))[::-1]
    if not under:
        hint = "log the contract you promoted by, or promote twice and roll back again under the new one"
        raise Unmet(f"promotions under the contract you logged ({edition})", events[-1].contract, hint)
    events = tuple(under)
    promoted = {event.version for event in events if event.action == "promoted"}
    if len(promoted) < 2:
        expected = "two versions promoted, one after the other, under the contract you logged"
        raise Unmet(expected, sorted(promoted) or "none", "promote both; then roll back")
    rolled = [event for event in events if event.action == "rolled_back_to"]
    if not rolled:
        raise Unmet("a rollback on record", [str(event) for event in events],
                    'rollback("contract.yaml", name, "champion", TRACKING_URI, why="...")')  # fmt: skip
    runs = {each.version.version: each.run.id for each in versions}
    for event in events:
        _require_told(event, runs)
    last = rolled[-1]
    if last.previous is not None and last.version > last.previous:
        hint = "promote the first version, then the second; search_model_versions gives the newest first"
        raise Unmet("a rollback to an older version", f"from version {last.previous} to {last.version}", hint)
    return last


def _require_told(event: Event, runs: dict[int, str]) -> None:
    what = f"the record that version {event.version} was {event.action.replace('_', ' ')} {event.alias}"
    what = what.replace("rolled back to", "made again")
    if not (event.by.strip() and len(event.why.split()) >= 2 and _is_time(event.at)):
        raise Unmet(f"who, when and why of {what}", f"by {event.by!r}, at {event.at!r}, why {event.why!r}",
                    'why="..." says it in a few words')  # fmt: skip
    if event.run != runs[event.version]:
        raise Unmet(f"the run {runs[event.version][:8]}… in {what}", f"{event.run[:8]}…", "let the gate write it")


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def require_history_is_true(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> str:
    """Who has the alias; raises Unmet unless the history is a chain that ends there."""
    events_of(evidence, versions)
    own, name = family(evidence, versions), versions[0].version.name
    events = history(own, name, ALIAS)
    for before, after in itertools.pairwise(events):
        if after.previous != before.version:
            raise Unmet(f"version {before.version} to be {ALIAS} until version {after.version} was, as recorded",
                        f"version {after.previous} was",
                        f"{ALIAS} was moved by hand in between, and only the gate may. {ANOTHER_NAME}")  # fmt: skip
        if after.at < before.at or after.number != before.number + 1:
            raise Unmet(f"record {before.number + 1} of {ALIAS}, after {before.at}",
                        f"record {after.number}, of {after.at}",
                        "let the gate write the history")  # fmt: skip
    if moved := strays(own, name):
        raise Unmet(
            "each alias where its history says",
            moved,
            f"only promote and rollback may move it. {ANOTHER_NAME}",
        )
    return f"{len(events)} moves, the last to version {events[-1].version}, which is {ALIAS}"


def reason_of(made: MadeVersion) -> str | None:
    """The text of the tag that says why a version was refused."""
    found = (text for key, text in made.version.tags.items() if REFUSED.search(key) and text.strip())
    return next(found, None)


def was_held(made: MadeVersion) -> bool:
    """Whether the gate was asked about the version, or about its run, and said no: it notes that on the run."""
    return REFUSAL in made.run.tags


def says_why(reason: str, made: MadeVersion, missed: tuple[Clause, ...]) -> Clause | None:
    """The missed clause that a reason names; of a limit, with the number the run has."""
    words = re.sub(r"[^a-z0-9.]+", " ", reason.lower())
    for clause in missed:
        named = clause.key.replace("_", " ") in words or clause.key in reason
        numbers = [value for key, value in made.run.metrics.items() if parse(key).base == clause.key]
        told = any(says(text, value) for text in NUMBER.findall(reason) for value in numbers)
        if named and (told or clause.kind != "threshold"):
            return clause
    return None
