"""What a run's model learned from: honest styles are let through, and each other way of training is named."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import Any

import mlflow
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grading.errors import Unmet
from grading.evidence.data_files import DATA
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Reproduction, Request
from grading.marking.training.cross_validation import require_cross_validation
from grading.marking.training.learned import Learned, learned
from grading.marking.training.train_metrics import require_train_metrics
from grading.running.reproduction import answered, understood

pytestmark = pytest.mark.slow
FILE = DATA / "diabetes_v1.csv"
PINS = [f"scikit-learn=={version('scikit-learn')}"]
Train = Callable[..., Learned]


def _answer(request: Request) -> Reproduction:
    """The tests' own models may be asked here; a process for each would cost seconds."""
    return understood(json.loads(answered(json.dumps(asdict(request)))))


def _rows() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    whole = pd.read_csv(FILE, index_col="row")
    train, test = train_test_split(whole, random_state=42)
    return whole, train, test


def _ridge(alpha: float = 1.0, **settings: Any) -> Any:
    return make_pipeline(StandardScaler(), Ridge(alpha=alpha, **settings))


def _log(model: Any, test: pd.DataFrame, source: Any = FILE, **numbers: float) -> None:
    """A run with the model as it is, its predictions of the test rows, and its params."""
    X_test = test.drop(columns="progression")
    seen = pd.DataFrame({"row": test.index, "y_true": test["progression"], "y_pred": model.predict(X_test)})
    with mlflow.start_run(run_name="forecast"):
        mlflow.log_params({"seed": 42} | {k: v for k, v in model.get_params().items() if isinstance(v, (int, float))})
        mlflow.log_text(seen.to_csv(index=False), "predictions.csv")
        mlflow.log_metric("test_rmse", metrics.root_mean_squared_error(seen["y_true"], seen["y_pred"]))
        mlflow.log_metrics(numbers)
        mlflow.sklearn.log_model(model, name="model", input_example=X_test.head(2), pip_requirements=PINS,
                                 skops_trusted_types=["sklearn.tree._tree.Tree"])  # fmt: skip
        data = mlflow.data.from_pandas(pd.read_csv(source), source=str(source), name="diabetes")
        mlflow.log_input(data, context="training")


def _fit(model: Any, rows: pd.DataFrame) -> Any:
    return model.fit(rows.drop(columns="progression"), rows["progression"])


@pytest.fixture
def trained(evidence: Callable[[], Evidence]) -> Callable[..., Evidence]:
    """The evidence, with training again; `rest`: as in a lesson that says what the training rows are."""
    return lambda rest=True: replace(evidence(), training="sample", rest_is_training=rest, reproducer=_answer)


def _found(evidence: Evidence) -> Learned:
    found = learned(evidence, evidence.main_run)
    assert found is not None
    return found


def _forest(seed: int | None = 0) -> RandomForestRegressor:
    return RandomForestRegressor(12, max_depth=4, random_state=seed)


@pytest.mark.parametrize("model", [_ridge(), _ridge(5.0, solver="sag", random_state=1, tol=1e-4), _forest()])
def test_a_model_of_the_training_rows_is_taken_and_its_rows_are_known(
    model: Any, trained: Callable[..., Evidence]
) -> None:
    _, train, test = _rows()
    _log(_fit(model, train), test)
    found = _found(trained())
    assert (found.fault, set(found.rows)) == ("", set(train.index))


def test_a_model_without_a_seed_is_taken_within_its_own_scatter(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_forest(None), train), test)
    evidence = trained()
    assert (_found(evidence).fault, evidence.not_judged) == ("", [])


def test_a_model_without_a_seed_that_saw_the_test_rows_is_not_within_it(trained: Callable[..., Evidence]) -> None:
    whole, _, test = _rows()
    _log(_fit(RandomForestRegressor(12, random_state=None), whole), test)
    assert _found(trained()).fault == "rows"


def test_rows_in_another_order_are_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_forest(), train.sort_index()), test)
    found = _found(trained())
    assert (found.fault, list(found.rows)) == ("", sorted(train.index))


def test_test_rows_that_were_learned_from_are_found(trained: Callable[..., Evidence]) -> None:
    whole, _, test = _rows()
    _log(_fit(_ridge(), whole), test)
    with pytest.raises(Unmet, match=r"all 309 rows of .*, test rows included"):
        _found(trained()).require("rows")


def test_test_rows_that_were_learned_from_are_found_where_no_lesson_says_the_rows(
    trained: Callable[..., Evidence],
) -> None:
    whole, _, test = _rows()
    _log(_fit(_ridge(), whole), test)
    assert _found(trained(rest=False)).fault == "rows"


def test_the_model_of_one_fold_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    for fit, _ in KFold(5, shuffle=True, random_state=42).split(train):
        model = _fit(_ridge(), train.iloc[fit])
    _log(model, test)
    with pytest.raises(Unmet, match="trained on the 185 rows of fold 4"):
        _found(trained()).require("rows")


def test_parameters_set_after_the_fit_are_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train).set_params(ridge__alpha=100.0), test)
    with pytest.raises(Unmet, match=r"alpha = 100\.0 a model predicts otherwise, with alpha = 1\.0 just the same"):
        _found(trained()).require("parameters")


def test_another_file_than_the_recorded_one_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train), test, source=FILE.with_name("diabetes_v2.csv"))
    with pytest.raises(Unmet, match=r"trained on .*_v2.csv, and just the same on .*_v1.csv"):
        _found(trained()).require("data")


def test_test_rows_that_were_dropped_are_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train), test.sort_values("progression").head(60))
    with pytest.raises(Unmet, match="18 rows are in neither"):
        _found(trained()).require("rows")


def test_a_few_training_rows_are_found_where_the_lesson_says_all(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train.head(17)), test)
    with pytest.raises(Unmet, match=r"trained again on the other 231 rows of .*, it predicts otherwise"):
        _found(trained()).require("rows")


def test_a_few_training_rows_are_not_judged_where_nothing_says_which(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train.head(17)), test)
    evidence = trained(rest=False)
    assert (_found(evidence).fault, len(evidence.not_judged)) == ("", 1)


def test_nothing_is_trained_where_nobody_asked(evidence: Callable[[], Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train), test)
    assert learned(evidence(), evidence().main_run) is None


def _rmse(model: Any, rows: pd.DataFrame) -> float:
    return float(metrics.root_mean_squared_error(rows["progression"], model.predict(rows.drop(columns="progression"))))


def test_a_training_metric_of_the_training_rows_is_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    model = _fit(_ridge(), train)
    _log(model, test, train_rmse=_rmse(model, train))
    evidence = trained()
    assert require_train_metrics(evidence, evidence.main_run, _found(evidence)) == 1


def test_a_training_metric_of_the_test_rows_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    model = _fit(_ridge(), train)
    _log(model, test, train_rmse=_rmse(model, test))
    evidence = trained()
    with pytest.raises(Unmet, match="train_rmse") as unmet:
        require_train_metrics(evidence, evidence.main_run, _found(evidence))
    assert "this is the value of the test rows" in unmet.value.hint


def _cross_validated(cv: Any) -> Any:
    _, train, _ = _rows()
    return -cross_val_score(_ridge(), train.drop(columns="progression"), train["progression"], cv=cv,
                            scoring="neg_root_mean_squared_error")  # fmt: skip


def _judge(evidence: Evidence) -> list[str]:
    require_cross_validation(evidence, evidence.main_run, _found(evidence))
    return evidence.not_judged


@pytest.mark.parametrize(
    "cv", [5, 10, KFold(5, shuffle=True, random_state=42), KFold(4, shuffle=True, random_state=42)]
)
@pytest.mark.parametrize("ddof", [0, 1])
def test_means_of_folds_that_people_use_are_taken(cv: Any, ddof: int, trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    scores = _cross_validated(cv)
    _log(_fit(_ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std(ddof=ddof))
    assert _judge(trained()) == []


def test_a_mean_of_folds_that_nobody_knows_is_noted_and_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    scores = _cross_validated(KFold(7, shuffle=True, random_state=777))
    _log(_fit(_ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std())
    assert "which folds it is of" in _judge(trained())[0]


def test_a_standard_error_instead_of_the_deviation_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    scores = _cross_validated(5)
    _log(_fit(_ridge(), train), test, cv_rmse_mean=scores.mean(), cv_rmse_std=scores.std() / 5**0.5)
    with pytest.raises(Unmet, match="cv_rmse_std") as unmet:
        _judge(trained())
    assert "this is the standard error" in unmet.value.hint


def test_a_mean_that_no_folds_of_the_model_give_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    _log(_fit(_ridge(), train), test, cv_rmse_mean=49.7, cv_rmse_std=1.1)
    with pytest.raises(Unmet, match=r"cv_rmse_mean from 5\d"):
        _judge(trained())


def test_a_mean_that_is_another_candidates_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = _rows()
    for name, mean in (("forecast", 54.5), ("tree", 61.25)):
        with mlflow.start_run(run_name=name, tags={"stage": "candidate"}):
            mlflow.log_metric("cv_rmse_mean", mean)
    _log(_fit(_ridge(), train), test, cv_rmse_mean=61.25)
    with pytest.raises(Unmet, match=r"cv_rmse_mean = 54\.5000 of 'forecast'"):
        _judge(trained())
