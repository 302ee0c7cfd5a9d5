"""Which of many things are trained again: a few, drawn by the hash of what was handed in, so that nobody can choose."""

import random
from collections.abc import Sequence
from typing import TypeVar

from grading.evidence.evidence import Evidence

Thing = TypeVar("Thing")


def sample(evidence: Evidence, things: Sequence[Thing], count: int, purpose: str) -> list[Thing]:
    """At most `count` of the things, in their order, the same each time for one submission; all when all are asked."""
    if evidence.training == "all" or len(things) <= count:
        return list(things)
    places = random.Random(f"{evidence.drawn_by}/{purpose}").sample(range(len(things)), count)
    return [things[place] for place in sorted(places)]
