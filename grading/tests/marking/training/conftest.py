"""What the tests of training again share."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from grading.evidence.evidence import Evidence
from grading.tests.marking.training.runs import answer


@pytest.fixture
def trained(evidence: Callable[[], Evidence]) -> Callable[..., Evidence]:
    """The evidence, with training again; `rest`: as in a lesson that says what the training rows are."""
    return lambda rest=True: replace(evidence(), training="sample", rest_is_training=rest, reproducer=answer)
