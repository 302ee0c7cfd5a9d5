"""The history of an alias, read from tags that anybody may write."""

import json

import pytest

from grading.evidence.store import ModelVersion
from grading.registry.promotion import history, holder_before, promote
from grading.tests.registry.clinic import NAME, Clinic, new_alias

pytestmark = pytest.mark.xdist_group("solved")
RECORD = {"action": "promoted", "by": "a", "at": "t", "contract": "c", "run": "r", "previous": None, "why": ""}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gate.champion.0002", "{"),
        ("gate.champion.0002", "[1]"),
        ("gate.champion.0002", "[" * 100_000),
        ("gate.champion.0002", "null"),
        ("gate.champion.0002", json.dumps(RECORD | {"action": "stolen"})),
        ("gate.champion.0002", json.dumps(RECORD | {"previous": "two"})),
        ("gate.champion.0002", json.dumps(RECORD | {"by": {"a": 1}})),
        ("gate.champion.0002", json.dumps({"action": "promoted"})),
        ("gate.champion.x", json.dumps(RECORD)),
        ("gate.champion.99999999999999999999", json.dumps(RECORD)),
        ("gate.champion", json.dumps(RECORD)),
        ("gate.other.0002", json.dumps(RECORD)),
        ("gate.", ""),
    ],
)
def test_a_tag_that_the_gate_did_not_write_is_no_event(key: str, value: str) -> None:
    tags = {"gate.champion.0001": json.dumps(RECORD | {"extra": 1}), key: value}
    versions = (ModelVersion("m", 7, "r", "s", ("champion",), tags), ModelVersion("n", 1, "r", "s", (), tags))
    (event,) = history(versions, "m", "champion")
    assert (event.version, event.number, event.run) == (7, 1, "r")


def test_a_malformed_record_is_not_overwritten(clinic: Clinic) -> None:
    alias, uri = new_alias(), clinic.served.sqlite
    clinic.client.set_model_version_tag(NAME, "1", f"gate.{alias}.0007", "mine")
    assert promote(clinic.good(1, uri), alias, uri).number == 8


def test_a_version_that_was_deleted_is_passed_over_on_the_way_back() -> None:
    def version(number: int, previous: int | None, *aliases: str) -> ModelVersion:
        tags = {f"gate.champion.{number:04}": json.dumps(RECORD | {"previous": previous})}
        return ModelVersion("m", number, "r", "s", aliases, tags)

    there = [version(1, None), version(2, 1), version(3, 2, "champion")]
    assert holder_before(there, "m", "champion") == 2
    assert holder_before([there[0], there[2]], "m", "champion") == 1
    assert holder_before(there[2:], "m", "champion") is None
