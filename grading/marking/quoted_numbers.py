"""The numbers that a conclusion may quote: a metric of the run, or how far it lies from another logged value."""

import re
from collections.abc import Iterable, Iterator

from grading.evidence.metric_name import parse
from grading.evidence.store import Run

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n")
# Words of a sentence that compares.
COMPARES = re.compile(
    r"\bby\b|\bthan\b|\btimes\b|differ|gain|better|worse|lower|higher|less|more|fewer|smaller|larger|faster|slower"
    r"|improve|worsen|reduc|increas|decreas|rise|rose|raise|fall|fell|drop|lose|lost|apart|ahead|behind|between|from",
    re.IGNORECASE,
)
MOST_OTHERS = 50  # runs, the newest, that a conclusion may compare with


def quotes(text: str, run: Run, others: Iterable[Run] = ()) -> bool:
    """Whether a number in the text is a metric of the run or, in a sentence that compares, its distance from another.

    `others`: the runs that it may be compared with. A distance is a difference, a change in percent, or a ratio.
    """
    if any(_says(number, value) for number in NUMBER.findall(text) for value in run.metrics.values()):
        return True
    numbers = [number for part in SENTENCE.split(text) if COMPARES.search(part) for number in NUMBER.findall(part)]
    return bool(numbers) and any(
        _is_about(number, distance, least) for distance, least in _distances(run, others) for number in numbers
    )


def _distances(run: Run, others: Iterable[Run]) -> Iterator[tuple[float, int]]:
    """How far each metric lies from the same metric of other runs, and from its own on other rows; each with the least
    whole number that says something of it."""
    compared = [other for other in others if other.id != run.id][-MOST_OTHERS:]
    known = [(parse(name), value) for other in compared for name, value in other.metrics.items()]
    own = [(parse(name), value) for name, value in run.metrics.items()]
    for meaning, value in own:
        there = [other for same, other in known if same == meaning]
        there += [other for same, other in own if same.base == meaning.base and same != meaning]
        for other in there:
            yield abs(value - other), 1
            yield abs(100 * (value - other)), 1  # of shares, points of a hundred
            for a, b in ((value, other), (other, value)):
                if b:
                    yield abs(100 * (a - b) / b), 1
                    yield abs(a / b), 2  # everything is about once as large


def _says(text: str, value: float) -> bool:
    """Whether a number in prose is the value, rounded as written, or the value as a percentage."""
    places = len(text.partition(".")[2])
    ways = [(value, 1.0), (100 * value, 10.0)]  # in whole numbers, those from which on they say something
    return any(abs(float(text) - shown) <= 0.5 * 10**-places + 1e-12 and (places > 0 or abs(shown) >= least)
               for shown, least in ways)  # fmt: skip


def _is_about(text: str, distance: float, least: int) -> bool:
    """Whether a number in prose is the distance, rounded as written; a whole one from `least` on."""
    shown, places = abs(float(text)), len(text.partition(".")[2])
    return shown > 0 and (places > 0 or shown >= least) and abs(shown - distance) <= 0.5 * 10.0**-places + 1e-12
