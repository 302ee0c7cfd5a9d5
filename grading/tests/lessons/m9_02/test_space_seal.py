import hashlib
from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_02.searches import spaces
from grading.lessons.m9_02.space_seal import require_one_space, require_seal, require_space_first

SPACE = '{"alpha": {"low": 0.01, "high": 100, "log": true}}'


def _log_space(text: str = SPACE, seal: str | None = None, name: str = "space") -> None:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name=name):
        mlflow.log_text(text, "search_space.json")
        if seal is not None:
            mlflow.log_param("space_sha256", seal)


def _log_search() -> None:
    mlflow.set_experiment("tuning")
    with mlflow.start_run(run_name="search"), mlflow.start_run(run_name="candidate", nested=True):
        mlflow.log_param("alpha", 1)


def test_the_hash_of_the_file_seals_it(evidence: Callable[[], Evidence]) -> None:
    digest = hashlib.sha256(SPACE.encode()).hexdigest()
    _log_space(seal=digest)
    assert require_seal(*spaces(evidence())[0]) == digest


@pytest.mark.parametrize("seal", [None, "0" * 64])
def test_no_hash_and_another_hash_do_not(evidence: Callable[[], Evidence], seal: str | None) -> None:
    _log_space(seal=seal)
    with pytest.raises(Unmet):
        require_seal(*spaces(evidence())[0])


def test_a_later_space_must_be_the_same(evidence: Callable[[], Evidence]) -> None:
    _log_space()
    require_one_space(spaces(evidence()))
    _log_space(SPACE.replace("100", "1000"), name="wider")
    with pytest.raises(Unmet, match="one space for all searches"):
        require_one_space(spaces(evidence()))


def test_the_space_comes_before_the_first_candidate(evidence: Callable[[], Evidence]) -> None:
    _log_space()
    _log_search()
    found = evidence()
    require_space_first(found, spaces(found)[0][0])


def test_a_space_after_the_first_candidate_is_unmet(evidence: Callable[[], Evidence]) -> None:
    _log_search()
    _log_space()
    found = evidence()
    with pytest.raises(Unmet, match="started earlier"):
        require_space_first(found, spaces(found)[0][0])
