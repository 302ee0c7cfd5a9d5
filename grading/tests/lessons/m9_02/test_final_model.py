from collections.abc import Callable

import mlflow
import pandas as pd
import pytest
from sklearn.linear_model import ElasticNet
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.errors import NotAttempted, Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_02.final_model import (
    baseline_run,
    chosen_settings,
    final_run,
    judge_beaten,
    require_origin,
    require_untouched,
    searching_runs,
)
from grading.lessons.m9_02.searches import searches

DATA, LABEL = pd.DataFrame({"a": [1.0, 2, 3, 4]}), pd.Series([1.0, 2, 3, 5])
SPACE = '{"elasticnet__alpha": {"low": 0.01, "high": 100, "log": true}, "l1_ratio": {"low": 0, "high": 1}}'


def _model(alpha: float = 1.0, l1_ratio: float = 0.5, max_iter: int = 1000) -> Pipeline:
    net = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, max_iter=max_iter)
    return make_pipeline(StandardScaler(), net).fit(DATA, LABEL)


def _log(name: str, *, tags: dict[str, str] | None = None, alpha: float = 1.0, l1_ratio: float = 0.5) -> None:
    with mlflow.start_run(run_name=name, tags=tags):
        mlflow.log_metric("test_rmse", 1.0)
        mlflow.sklearn.log_model(_model(alpha, l1_ratio), name="m", pip_requirements=["scikit-learn==1"])


@pytest.fixture
def now(tracking: str, evidence: Callable[[], Evidence]) -> Callable[[], Evidence]:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name="space"):
        mlflow.log_text(SPACE, "search_space.json")
    return evidence


def test_the_chosen_settings_are_the_models(now: Callable[[], Evidence]) -> None:
    _log("final", alpha=0.3, l1_ratio=0.9)
    found = now()
    assert chosen_settings(found, final_run(found)) == {"elasticnet__alpha": 0.3, "l1_ratio": 0.9}


def test_the_final_run_is_the_one_that_says_how_it_was_selected(now: Callable[[], Evidence]) -> None:
    _log("final", tags={"selection_rule": "best"})
    _log("afterthought")
    assert final_run(now()).name == "final"


def _log_with_baseline(name: str = "final", *, alpha: float = 1.0, l1_ratio: float = 0.5, max_iter: int = 1000) -> None:
    with mlflow.start_run(run_name=name, tags={"selection_rule": "best"}):
        mlflow.log_metric("test_rmse", 1.0)
        mlflow.sklearn.log_model(_model(0.3, 0.9), name="m", pip_requirements=["scikit-learn==1"])
        with mlflow.start_run(run_name="plain", nested=True, tags={"role": "baseline"}):
            mlflow.log_metric("test_rmse", 1.0)
            model = _model(alpha, l1_ratio, max_iter)
            mlflow.sklearn.log_model(model, name="m", pip_requirements=["scikit-learn==1"])


def _log_search(*, tags: dict[str, str] | None = None, tested: bool = True) -> None:
    with mlflow.start_run(run_name="search"), mlflow.start_run(run_name="candidate", nested=True, tags=tags):
        mlflow.log_param("elasticnet__alpha", 0.3)
        mlflow.log_metrics({"cv_rmse_mean": 1.0} | ({"test_rmse": 1.0} if tested else {}))


def _names(found: Evidence) -> list[str]:
    return [run.name for run in searching_runs(found, final_run(found), searches(found))]


def test_an_untouched_baseline_may_have_other_settings_that_nobody_searches(now: Callable[[], Evidence]) -> None:
    _log_with_baseline(max_iter=5000)
    found = now()
    require_untouched(found, baseline_run(found, final_run(found)))


@pytest.mark.parametrize(("alpha", "l1_ratio"), [(20.0, 0.5), (1.0, 0.1)])
def test_a_baseline_with_a_searched_setting_changed_is_unmet(
    now: Callable[[], Evidence], alpha: float, l1_ratio: float
) -> None:
    _log_with_baseline(alpha=alpha, l1_ratio=l1_ratio)
    found = now()
    with pytest.raises(Unmet, match="untouched"):
        require_untouched(found, baseline_run(found, final_run(found)))


def test_without_a_baseline_it_says_how_to_make_one(now: Callable[[], Evidence]) -> None:
    _log("final")
    found = now()
    with pytest.raises(Unmet, match="role = baseline"):
        baseline_run(found, final_run(found))


def test_a_baseline_outside_the_final_run_is_unmet(now: Callable[[], Evidence]) -> None:
    _log("final", tags={"selection_rule": "best"})
    _log("baseline")
    found = now()
    with pytest.raises(Unmet, match="inside"):
        baseline_run(found, final_run(found))


@pytest.mark.parametrize("since", [0, 1])
def test_of_a_final_cell_run_twice_only_searches_and_candidates_are_left(
    now: Callable[[], Evidence], since: int
) -> None:
    _log_search()
    _log_with_baseline()
    _log_with_baseline()
    found = now()
    found.since = since
    assert _names(found) == ["search", "candidate"]


@pytest.mark.parametrize("tags", [{"role": "baseline"}, {"selection_rule": "best"}])
def test_a_tag_alone_makes_no_final_run_of_a_candidate(now: Callable[[], Evidence], tags: dict[str, str]) -> None:
    _log_search(tested=False)
    _log_search(tags=tags)
    _log_with_baseline()
    assert _names(now()).count("candidate") == 2


def test_before_any_test_metric_the_final_run_is_not_attempted(now: Callable[[], Evidence]) -> None:
    _log_search(tested=False)
    with pytest.raises(NotAttempted, match="no"):
        final_run(now())


def test_a_final_run_without_space_or_method_is_unmet(now: Callable[[], Evidence]) -> None:
    _log_with_baseline()
    with pytest.raises(Unmet, match=r"search_space.json"):
        require_origin(final_run(now()), [])


@pytest.mark.parametrize(("said", "theirs"), [("true", 2.0), ("No", 1.0), ("0", 0.5)])
def test_a_tag_that_says_what_the_errors_say_is_believed(now: Callable[[], Evidence], said: str, theirs: float) -> None:
    _log("final", tags={"beats_baseline": said})
    assert "beat" in judge_beaten(final_run(now()), "rmse", 1.0, theirs)


@pytest.mark.parametrize(("said", "theirs"), [("true", 1.0), ("false", 2.0), ("almost", 2.0)])
def test_a_tag_that_says_otherwise_is_unmet(now: Callable[[], Evidence], said: str, theirs: float) -> None:
    _log("final", tags={"beats_baseline": said})
    with pytest.raises(Unmet):
        judge_beaten(final_run(now()), "rmse", 1.0, theirs)
