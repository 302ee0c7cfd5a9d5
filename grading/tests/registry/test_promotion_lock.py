"""Of two who move an alias at once one waits or is told; a lock left behind stops nobody."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grading.errors import PromotionError
from grading.registry import promotion_lock
from grading.registry.gate import Ruling
from grading.registry.promotion import Event, history, holder_of, promote
from grading.registry.promotion_lock import PromotionLock
from grading.tests.registry.clinic import NAME, Clinic, new_alias, versions_of

pytestmark = pytest.mark.xdist_group("solved")


def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(clinic: Clinic, uri: str) -> None:
    rulings = [clinic.good(number, uri) for number in (1, 2)]
    for _ in range(5):
        alias, start, told = new_alias(), threading.Barrier(2), list[Event | PromotionError]()

        def move(ruling: Ruling, alias: str = alias, start: Any = start, told: list[Any] = told) -> None:
            start.wait()
            try:
                told.append(promote(ruling, alias, uri))
            except PromotionError as error:
                told.append(error)

        threads = [threading.Thread(target=move, args=(ruling,)) for ruling in rulings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (won,) = (each for each in told if isinstance(each, Event))
        (lost,) = (each for each in told if isinstance(each, PromotionError))
        assert f"{alias} is {NAME}/{won.version} now and was nobody" in str(lost)
        assert holder_of(versions_of(uri), alias) == won.version
        assert history(versions_of(uri), NAME, alias) == (won,)


def test_a_lock_left_behind_is_taken_over_and_that_is_said(clinic: Clinic, uri: str) -> None:
    client = clinic.client
    since = (datetime.now(UTC) - timedelta(seconds=61)).isoformat()
    client.create_registered_model(f"{NAME}{promotion_lock.SUFFIX}", tags={"by": "bob", "since": since})
    event = promote(clinic.good(1, uri), new_alias(), uri)
    assert event.notes == (f"took over the lock that bob left behind at {since}",)


def test_a_promotion_under_way_is_waited_for_and_then_said(
    clinic: Clinic, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruling, alias, client = clinic.good(1, uri), new_alias(), clinic.client
    monkeypatch.setattr(promotion_lock, "PATIENCE", 0)
    with (
        PromotionLock(client, NAME, "bob"),
        pytest.raises(PromotionError, match="bob is moving an alias of this model"),
    ):
        promote(ruling, alias, uri)
    assert promote(ruling, alias, uri).version == 1


def test_whoever_lost_the_lock_writes_nothing(clinic: Clinic) -> None:
    client = clinic.client
    with PromotionLock(client, NAME, "slow") as slow:
        client.delete_registered_model(slow.name)
        with PromotionLock(client, NAME, "quick") as quick:
            quick.confirm()
            with pytest.raises(PromotionError, match="quick went ahead"):
                slow.confirm()
            slow.__exit__(None, None, None)
            quick.confirm()  # the slow one did not take it along


def test_a_model_that_is_no_lock_is_never_deleted(clinic: Clinic) -> None:
    client = clinic.client
    client.create_registered_model(name := f"{NAME}{promotion_lock.SUFFIX}", description="a model of ours")
    try:
        with pytest.raises(PromotionError, match=f"expected no model named {name}"):
            promote(clinic.good(1, clinic.served.sqlite), new_alias(), clinic.served.sqlite)
        assert client.get_registered_model(name).description == "a model of ours"
    finally:
        client.delete_registered_model(name)
