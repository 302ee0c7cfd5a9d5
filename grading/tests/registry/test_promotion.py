"""An alias moves only through the gate, forward and back: on a file and on a server alike."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import mlflow
import pytest

from grading.errors import GradingError, InputError, PromotionError
from grading.registry.gate import hold
from grading.registry.promotion import (
    before,
    give_back,
    history,
    holder_by_history,
    holder_of,
    promote,
    rollback,
    strays,
)
from grading.tests.registry.clinic import GOOD, NAME, Clinic, log_training, new_alias, registry_rows, versions_of

pytestmark = pytest.mark.xdist_group("solved")


def test_a_version_that_is_worse_than_the_holder_is_promoted_with_a_note(clinic: Clinic, tracking: str) -> None:
    contract = clinic.other("easy", ">= 0.8", ">= 0.1")
    for inverse in (1, 0.0005):
        mlflow.register_model(log_training("", inverse)[1], "screening")
    better = promote(hold(contract, "screening/1", tracking), "champion", tracking)
    worse = promote(hold(contract, "screening/2", tracking), "champion", tracking)
    assert better.notes == ()
    assert re.fullmatch(r"screening/1 has malignant_detection_rate 0\.\d+, this one 0\.\d+", " ".join(worse.notes))


def test_a_promotion_sets_the_alias_and_writes_its_history(
    clinic: Clinic, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = new_alias()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    first = promote(hold(clinic.contract, f"{NAME}/1", uri), alias, uri, why="fewer misses: “97 %”")
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    second = promote(hold(clinic.contract, f"{NAME}/2", uri), alias, uri)
    assert str(first) == f"{NAME}/1 is {alias} now; before: nobody"
    assert str(second) == f"{NAME}/2 is {alias} now; before: {NAME}/1"
    versions = versions_of(uri)
    assert history(versions, NAME, alias) == (first, second)
    assert holder_of(versions, alias) == holder_by_history((first, second)) == 2
    text = next(version for version in versions if version.version == 1).tags[f"gate.{alias}.0001"]
    assert json.loads(text) == {
        "action": "promoted", "by": "ada", "at": first.at, "contract": first.contract, "run": first.run,
        "previous": None, "why": "fewer misses: “97 %”",
    }  # fmt: skip
    assert re.fullmatch(r"clinic, sha256 [0-9a-f]{12}", first.contract)  # a file may change: its hash is kept
    assert datetime.fromisoformat(first.at).utcoffset() == timedelta(0)
    assert second.by not in ("", "ada")
    with pytest.raises(PromotionError, match="already"):
        promote(clinic.good(2, uri), alias, uri)
    assert [model.name for model in clinic.client.search_registered_models()] == [NAME]  # no lock is left


def test_two_rollbacks_go_two_steps_back_and_a_third_has_nowhere_to_go(clinic: Clinic, uri: str) -> None:
    alias = new_alias()
    for number in range(1, GOOD + 1):
        promote(clinic.good(number, uri), alias, uri)
    said = [str(rollback(clinic.contract, name, alias, uri)) for name in (NAME, f"{NAME}/2")]
    assert said == [
        f"{NAME}/2 is {alias} again; before: {NAME}/3",
        f"{NAME}/1 is {alias} again; before: {NAME}/2",
    ]
    with pytest.raises(PromotionError, match=f"nothing to give {alias} back to"):
        rollback(clinic.contract, NAME, alias, uri)
    promote(clinic.good(3, uri), alias, uri)
    assert before(NAME, alias, uri) == f"{NAME}/1"  # 2 was given back
    with pytest.raises(PromotionError, match=f"{alias} is {NAME}/3, not {NAME}/2"):
        rollback(clinic.contract, f"{NAME}/2", alias, uri)
    assert [event.number for event in history(versions_of(uri), NAME, alias)] == [1, 2, 3, 4, 5, 6]
    assert holder_of(versions_of(uri), alias) == holder_by_history(history(versions_of(uri), NAME, alias)) == 3


def test_a_rollback_holds_the_earlier_version_to_the_contract_too(clinic: Clinic) -> None:
    alias, uri = new_alias(), clinic.served.sqlite
    for number in (1, 2):
        promote(clinic.good(number, uri), alias, uri)
    strict = clinic.other("strict", '">= 0.8"', '">= 1.1"')
    registry = registry_rows(uri)
    with pytest.raises(PromotionError, match=f"{NAME}/1 misses strict: expected malignant_detection_rate >= 1.1"):
        rollback(strict, NAME, alias, uri)
    assert registry_rows(uri) == registry
    assert rollback(clinic.contract, NAME, alias, uri).version == 1


def test_an_alias_moved_by_hand_is_noticed_and_the_way_back_is_what_really_was(clinic: Clinic, uri: str) -> None:
    alias, client = new_alias(), clinic.client
    promote(clinic.good(1, uri), alias, uri)
    client.set_registered_model_alias(NAME, alias, "3")
    assert strays(versions_of(uri), NAME)[-1].startswith(f"{alias} is {NAME}/3, the history says {NAME}/1")
    assert before(NAME, alias, uri) == f"{NAME}/1"
    event = promote(clinic.good(2, uri), alias, uri)
    assert event.previous == 3
    assert event.notes == (f"{alias} is {NAME}/3, the history says {NAME}/1: moved outside the gate",)
    assert before(NAME, alias, uri) == f"{NAME}/3"
    client.delete_registered_model_alias(NAME, alias)
    assert before(NAME, alias, uri) == f"{NAME}/2"
    assert rollback(clinic.contract, NAME, alias, uri).version == 2


def test_a_refusal_leaves_the_registry_as_it_was(clinic: Clinic, command: Callable[..., tuple[int, str]]) -> None:
    registry = registry_rows(clinic.served.sqlite)
    code, printed = command(f"{NAME}/{clinic.versions['boast']}", "--promote", "champion")
    assert code == 1
    assert "✗ test_acc = 0." in printed
    assert "refused: champion stays where it is" in printed
    stale = replace(clinic.good(1, clinic.served.sqlite), versions=())
    promote(clinic.good(2, clinic.served.sqlite), alias := new_alias(), clinic.served.sqlite)
    registry = registry_rows(clinic.served.sqlite)
    with pytest.raises(PromotionError, match=f"somebody was quicker: {alias} is {NAME}/2 now and was nobody"):
        promote(stale, alias, clinic.served.sqlite)
    for wrong in ("latest", "v1", "a b", "a.b", "ä", ""):
        with pytest.raises(InputError, match="expected an alias"):
            promote(clinic.good(1, clinic.served.sqlite), wrong, clinic.served.sqlite)
    assert registry_rows(clinic.served.sqlite) == registry


def test_an_alias_that_cannot_be_set_leaves_no_record(clinic: Clinic, tmp_path: Path) -> None:
    uri = clinic.copy(tmp_path)
    ruling = clinic.good(1, uri)
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(
            "create trigger no before insert on registered_model_aliases begin select raise(abort, 'full'); end"
        )
    registry = registry_rows(uri)
    with pytest.raises(PromotionError, match=r"expected the registry at .* to take the change"):
        promote(ruling, "champion", uri)
    assert registry_rows(uri) == registry


def test_a_refusal_is_one_of_our_errors() -> None:
    assert issubclass(PromotionError, GradingError)
    assert not issubclass(PromotionError, InputError)  # exit 1, not 2
    assert callable(give_back)
