from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.lessons.m9_02.candidates import Candidate, is_baseline, metrics_of, require_spread, settings_of
from grading.lessons.m9_02.search_space import Dimension


def a_run(name: str = "candidate", status: str = "FINISHED", **kept: dict[str, str]) -> Run:
    return Run(
        "id", name, status, False, Experiment("1", "e", {}), 0, 1, LocalArtifacts(Path("/nowhere")),
        params=kept.get("params", {}), tags=kept.get("tags", {}),
    )  # fmt: skip


def _candidate(run: Run, mean: float | None = 2.0, std: float | None = 1.0) -> Candidate:
    return Candidate(run, {}, "rmse", (1.0, 2.0, 3.0), mean, std)


@pytest.mark.parametrize("state", ["", "COMPLETE", "complete", "TrialState.COMPLETE", "completed"])
def test_a_finished_candidate_with_a_mean_may_be_chosen(state: str) -> None:
    assert _candidate(a_run(tags={"optuna.state": state})).is_complete


@pytest.mark.parametrize(
    "candidate",
    [
        _candidate(a_run(tags={"optuna.state": "PRUNED"})),
        _candidate(a_run(status="FAILED")),
        _candidate(a_run(), mean=None),
        _candidate(a_run(), mean=float("nan")),
    ],
)
def test_any_other_may_not(candidate: Candidate) -> None:
    assert not candidate.is_complete


def test_the_standard_error_is_the_spread_over_the_root_of_the_folds() -> None:
    assert _candidate(a_run()).standard_errors() == pytest.approx([1 / 3**0.5, (2 / 3) ** 0.5 / 3**0.5])


@pytest.mark.parametrize("std", [1.0, 0.8165])
def test_a_spread_by_n_or_by_n_minus_one_follows_from_the_folds(std: float) -> None:
    require_spread(_candidate(a_run(), std=std))


@pytest.mark.parametrize(("mean", "std"), [(1.0, 1.0), (2.0, 0.0), (None, 1.0), (2.0, None)])
def test_another_does_not(mean: float | None, std: float | None) -> None:
    with pytest.raises(Unmet):
        require_spread(_candidate(a_run(), mean, std))


@pytest.mark.parametrize(("key", "taken"), [("rmse", False), ("neg_rmse", True), ("r2", True)])
def test_an_error_below_zero_is_minus_the_error_and_is_told_so(key: str, taken: bool) -> None:
    candidate = Candidate(a_run(), {}, key, (-1.0, -2.0, -3.0), -2.0, 1.0)
    if taken:
        require_spread(candidate)
    else:
        with pytest.raises(Unmet, match="rmse of 0 or more"):
            require_spread(candidate)


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("", None), ("seven", None), ("-1", None), ("9" * 30, None)])
def test_a_trials_number_is_a_whole_one(text: str, number: int | None) -> None:
    assert _candidate(a_run(params={"trial": text})).number == number


def test_settings_are_found_under_bare_names_and_under_those_of_a_pipeline() -> None:
    space = (Dimension("net__alpha", 0, 1), Dimension("degree", 1, 2))
    run = a_run(params={"alpha": "0.5", "poly__degree": "2", "seed": "1"})
    assert settings_of(run, space) == {"net__alpha": "0.5", "degree": "2"}


@pytest.mark.parametrize(("run", "expected"), [
    (a_run("baseline"), True), (a_run("x", tags={"role": "Baseline"}), True), (a_run("the baseline's rival"), False),
])  # fmt: skip
def test_a_baseline_is_known_by_its_role_or_name(run: Run, expected: bool) -> None:
    assert is_baseline(run) is expected


def test_a_candidate_without_metrics_is_judged_by_none() -> None:
    assert metrics_of(a_run()) == []
