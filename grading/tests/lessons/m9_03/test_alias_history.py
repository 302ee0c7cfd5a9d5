"""An alias's history as evidence: told in full, under one contract, and a refusal that names what was missed."""

from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.contract import Clause
from grading.evidence.store import Experiment, LocalArtifacts, ModelVersion, Run
from grading.lessons.m9_03.alias_history import require_rollback, says_why
from grading.lessons.m9_03.model_versions import MadeVersion
from grading.registry.promotion import Event

EDITION = "ward, sha256 123456789abc"


def _made(number: int) -> MadeVersion:
    run = Run(
        f"run{number}", f"run {number}", "FINISHED", False, Experiment("1", "home", {}), 0, 1,
        LocalArtifacts(Path("nowhere")), metrics={"test_rmse": 69.7049, "test_r2": 0.1569},
    )  # fmt: skip
    return MadeVersion(ModelVersion("m", number, run.id, "s", (), {}), run)


VERSIONS = (_made(1), _made(2))


def _event(number: int, version: int, previous: int | None, action: str = "promoted") -> Event:
    at = f"2026-01-01T00:00:0{number}+00:00"
    return Event(
        "m", version, "champion", number, action, "me", at, EDITION, f"run{version}", previous, "more patients"  # type: ignore[arg-type]
    )  # fmt: skip


TOLD = (_event(1, 1, None), _event(2, 2, 1), _event(3, 1, 2, "rolled_back_to"))


def test_two_promotions_and_a_rollback_are_enough() -> None:
    assert require_rollback(TOLD, VERSIONS, EDITION) == TOLD[-1]


@pytest.mark.parametrize(
    "events",
    [
        TOLD[:1],
        TOLD[:2],
        TOLD[1:],
        (*TOLD[:2], replace(TOLD[2], why="")),
        (*TOLD[:2], replace(TOLD[2], by=" ")),
        (*TOLD[:2], replace(TOLD[2], at="yesterday")),
        (*TOLD[:2], replace(TOLD[2], contract="ward, sha256 000000000000")),
        (*TOLD[:2], replace(TOLD[2], run="run2")),
        (_event(1, 2, None), _event(2, 1, 2), _event(3, 2, 1, "rolled_back_to")),
    ],
)
def test_a_history_with_a_gap_is_unmet(events: tuple[Event, ...]) -> None:
    with pytest.raises(Unmet):
        require_rollback(events, VERSIONS, EDITION)


def test_moves_under_an_earlier_contract_are_history() -> None:
    old = tuple(replace(event, number=event.number - 3, contract="ward, sha256 000000000000") for event in TOLD)
    assert require_rollback((*old, *TOLD), VERSIONS, EDITION) == TOLD[-1]


def test_an_old_rollback_does_not_count_under_a_new_contract() -> None:
    old = tuple(replace(event, contract="ward, sha256 000000000000") for event in TOLD)
    with pytest.raises(Unmet):
        require_rollback((*old, *TOLD[:2]), VERSIONS, EDITION)


LIMIT = Clause(kind="threshold", key="rmse", expected="rmse <= 60", found="69.7", met=False)
LACKING = Clause(kind="artifact", key="feature_importance", expected="a figure", found="none", met=False)


@pytest.mark.parametrize(
    "reason", ["m/2 misses ward: expected rmse <= 60, found 69.7", "An RMSE of 69.705 is too much", "RMSE: 70 points"]
)
def test_a_reason_names_the_limit_and_the_number(reason: str) -> None:
    assert says_why(reason, VERSIONS[1], (LIMIT,)) is LIMIT


@pytest.mark.parametrize("reason", ["no", "rmse", "rmse over 60", "69.7", "its r2 is 0.1569", "rmse 69.8", ""])
def test_less_is_no_reason(reason: str) -> None:
    assert says_why(reason, VERSIONS[1], (LIMIT,)) is None


def test_what_is_missing_needs_no_number() -> None:
    assert says_why("there is no feature importance", VERSIONS[1], (LIMIT, LACKING)) is LACKING
