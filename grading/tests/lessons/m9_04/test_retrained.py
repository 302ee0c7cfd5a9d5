"""Which final run is a family's."""

from collections.abc import Callable

import mlflow
import pytest

from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.families import families
from grading.lessons.m9_04.retrained import final_of
from grading.tests.lessons.m9_04.test_families import held_out, log_family


@pytest.mark.parametrize(
    ("names", "final", "whose"),
    [
        (("ridge", "tree", "forest"), "ridge-final", "ridge"),
        (("ridge", "kernel-ridge", "forest"), "kernel-ridge-final", "kernel-ridge"),
        (("гребень", "дерево", "лес"), "гребень-final", None),
        (("ridge", "tree", "forest"), "the best", None),
    ],
)
def test_a_final_run_is_that_of_the_family_in_its_name(
    names: tuple[str, ...], final: str, whose: str | None, evidence: Callable[[], Evidence]
) -> None:
    for shift, name in enumerate(names):
        log_family(name, held_out(shift))
    with mlflow.start_run(run_name=final):
        mlflow.log_metric("test_rmse", 50.0)
    found = evidence()
    owners = [family.run.name for family in families(found) if final_of(found, family, names)]
    assert owners == ([whose] if whose else [])
