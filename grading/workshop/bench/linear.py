"""Whether a class's cost is linear: the same notebook, handed in by few students and by many."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from grading.lessons import LESSONS
from grading.workshop.bench.class_run import grade
from grading.workshop.bench.classroom import submissions
from grading.workshop.bench.ours import Ours
from grading.workshop.bench.tables import table


def report(sizes: dict[str, Sequence[int]], confine: str) -> Iterator[str]:
    """Lines: seconds of classes of these sizes, a kind of notebook each, and of each submission that one has more."""
    yield (
        f"Seconds of a class of {LESSONS[0].id}, start and reports included. One more: what each submission more than "
        "in the smaller class cost. Tiny: a notebook whose one cell logs a run."
    )
    yield ""
    yield from table(["notebook", "submissions", "seconds", "each", "one more"], _rows(sizes, confine))


def _rows(sizes: dict[str, Sequence[int]], confine: str) -> Iterator[list[str]]:
    ours = Ours(confine)
    for kind, numbers in sizes.items():
        seconds = {number: grade(ours, submissions(number, LESSONS[:1], [kind])).seconds for number in numbers}
        more = {b: (seconds[b] - seconds[a]) / (b - a) for a, b in pairwise(sorted(numbers))}
        for number, took in seconds.items():
            one_more = f"{more[number]:.2f}" if number in more else ""
            yield [kind, str(number), f"{took:.1f}", f"{took / number:.2f}", one_more]
