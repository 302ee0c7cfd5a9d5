"""The sample of what is trained again: the same for one submission, another for another, all when all are asked."""

from collections.abc import Callable
from dataclasses import replace

from grading.evidence.evidence import Evidence
from grading.marking.training.sample import sample

THINGS = list(range(40))


def test_a_sample_is_the_same_each_time_and_in_order(evidence: Callable[[], Evidence]) -> None:
    own = replace(evidence(), training="sample", drawn_by="a")
    assert sample(own, THINGS, 4, "grid") == sample(own, THINGS, 4, "grid") == sorted(sample(own, THINGS, 4, "grid"))


def test_another_submission_and_another_purpose_have_other_samples(evidence: Callable[[], Evidence]) -> None:
    own, other = (replace(evidence(), training="sample", drawn_by=by) for by in ("a", "b"))
    assert len({tuple(sample(own, THINGS, 4, p)) for p in "xyz"} | {tuple(sample(other, THINGS, 4, "x"))}) == 4


def test_all_are_taken_when_all_are_asked_or_when_there_are_few(evidence: Callable[[], Evidence]) -> None:
    assert sample(replace(evidence(), training="all"), THINGS, 4, "grid") == THINGS
    assert sample(replace(evidence(), training="sample"), THINGS[:3], 4, "grid") == THINGS[:3]
