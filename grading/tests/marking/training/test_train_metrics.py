"""Training metrics: those of the rows that the model learned from are taken."""

from collections.abc import Callable

import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.marking.training.train_metrics import require_train_metrics
from grading.tests.marking.training.runs import fitted, learned_from, log_run, ridge, rmse, rows_of

pytestmark = pytest.mark.slow
Trained = Callable[..., Evidence]


def test_a_training_metric_of_the_training_rows_is_taken(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    model = fitted(ridge(), train)
    log_run(model, test, train_rmse=rmse(model, train))
    evidence = trained()
    assert require_train_metrics(evidence, evidence.main_run, learned_from(evidence)) == 1


def test_a_training_metric_of_the_test_rows_is_found(trained: Callable[..., Evidence]) -> None:
    _, train, test = rows_of()
    model = fitted(ridge(), train)
    log_run(model, test, train_rmse=rmse(model, test))
    evidence = trained()
    with pytest.raises(Unmet, match="train_rmse") as unmet:
        require_train_metrics(evidence, evidence.main_run, learned_from(evidence))
    assert "this is the value of the test rows" in unmet.value.hint
