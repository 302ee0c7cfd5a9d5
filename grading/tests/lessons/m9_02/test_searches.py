import statistics
from collections.abc import Callable, Sequence
from multiprocessing.pool import ThreadPool

import mlflow
import pytest

from grading.errors import NotAttempted, Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_02.candidates import require_spread
from grading.lessons.m9_02.searches import complete_pool, searches, spaces

SPACE = """{
    "alpha": {"low": 0.01, "high": 100, "log": true}, "degree": {"low": 1, "high": 2}, "ratio": {"low": 0, "high": 1}
}"""
ERRORS = (50.0, 52.0, 54.0)


def _log(
    count: int = 3, *, space: str = SPACE, errors: Sequence[float] = ERRORS, tags: dict[str, str] | None = None
) -> None:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name="space"):
        mlflow.log_text(space, "search_space.json")
    with mlflow.start_run(run_name="search"):
        for number in range(count):
            with mlflow.start_run(run_name=f"candidate-{number}", nested=True, tags=tags):
                mlflow.log_params({"net__alpha": 0.1 + number, "poly__degree": 1, "net__ratio": 0.5})
                for fold, error in enumerate(errors):
                    mlflow.log_metric("cv_rmse", error, step=fold)
                mlflow.log_metrics({"cv_rmse_mean": 52.0, "cv_rmse_std": statistics.stdev(ERRORS)})


def test_without_runs_nothing_was_attempted(evidence: Callable[[], Evidence]) -> None:
    with pytest.raises(NotAttempted):
        searches(evidence())


def test_runs_that_threads_started_are_told_how_to_be_nested(evidence: Callable[[], Evidence]) -> None:
    with mlflow.start_run(run_name="search"), ThreadPool(2) as pool:
        pool.map(_log_alone, range(2))
    with pytest.raises(Unmet) as unmet:
        searches(evidence())
    assert "parent_run_id=" in unmet.value.hint


def _log_alone(number: int) -> None:
    with mlflow.start_run(run_name=f"candidate-{number}", nested=True):  # the parent is active in another thread
        mlflow.log_params({"alpha": number})
        mlflow.log_metric("cv_rmse_mean", 50.0)


def test_candidates_have_settings_folds_and_spread(evidence: Callable[[], Evidence]) -> None:
    _log()
    (search,) = searches(evidence())
    candidate = search.candidates[1]
    assert candidate.settings == {"alpha": "1.1", "degree": "1", "ratio": "0.5"}
    assert (candidate.folds, candidate.key, candidate.mean) == (ERRORS, "rmse", 52.0)
    require_spread(candidate)


def test_candidates_are_found_without_a_readable_space(evidence: Callable[[], Evidence]) -> None:
    _log(space="in words")
    (search,) = searches(evidence())
    assert [candidate.settings["net__alpha"] for candidate in search.candidates] == ["0.1", "1.1", "2.1"]


def test_a_pruned_candidate_is_not_to_be_chosen(evidence: Callable[[], Evidence]) -> None:
    _log(1, tags={"optuna.state": "PRUNED"})
    with pytest.raises(Unmet, match="complete candidates"):
        complete_pool(searches(evidence()))


def test_folds_that_are_not_finite_are_none(evidence: Callable[[], Evidence]) -> None:
    _log(1, errors=(50.0, float("inf"), 54.0))
    (search,) = searches(evidence())
    with pytest.raises(Unmet, match="value for each fold"):
        require_spread(search.candidates[0])


def test_folds_may_be_runs_and_are_no_candidates(evidence: Callable[[], Evidence]) -> None:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name="search"):
        mlflow.log_text(SPACE, "search_space.json")
        with mlflow.start_run(run_name="candidate", nested=True):
            mlflow.log_params({"alpha": 1, "degree": 1, "ratio": 0.5})
            mlflow.log_metrics({"cv_rmse_mean": 52.0, "cv_rmse_std": 2.0})
            for fold, error in enumerate(ERRORS):
                with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                    mlflow.log_params({"fold": fold, "alpha": 1})
                    mlflow.log_metric("rmse", error)
    (search,) = searches(evidence())
    assert [candidate.folds for candidate in search.candidates] == [ERRORS]
    require_spread(search.candidates[0])


def test_of_two_metrics_the_studys_values_tell_which_was_tuned(evidence: Callable[[], Evidence]) -> None:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name="study"):
        mlflow.log_text("number,value,state\n0,3.5,COMPLETE\n", "trials.csv")
        with mlflow.start_run(run_name="trial-0", nested=True):
            mlflow.log_params({"trial": 0, "alpha": 1})
            mlflow.log_metrics({"cv_rmse_mean": 52.0, "cv_r2_mean": 0.4, "cv_mae_mean": 3.5})
    (search,) = searches(evidence())
    assert search.is_study
    assert [(candidate.key, candidate.mean) for candidate in search.candidates] == [("mae", 3.5)]


@pytest.mark.parametrize("since", [0, 1])
def test_the_same_space_logged_again_counts_from_its_first_run(evidence: Callable[[], Evidence], since: int) -> None:
    _log()
    _log()
    found = evidence()
    found.since = since
    assert spaces(found)[0][0].id == next(run.id for run in found.runs if run.name == "space")


def test_a_space_without_candidates_waits_for_them(evidence: Callable[[], Evidence]) -> None:
    _log(0)
    with pytest.raises(NotAttempted):
        searches(evidence())
