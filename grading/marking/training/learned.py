"""What a run's model learned from: a clone of it is trained on the rows that it should have seen, and compared."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from grading.errors import Outcome, Unmet
from grading.evidence.evidence import REFUSAL, Evidence
from grading.evidence.model_answer import Reproduction
from grading.evidence.store import Run
from grading.marking.training.explanations import Explanation, explanations
from grading.marking.training.splits import Rows, orders_of_the_rest, shuffled
from grading.marking.training.subject import Subject, subject_of

CLOSE = 1e-3  # of the standard deviation of what is predicted: solvers that iterate agree to that
BAND = 1.3  # how much farther than two unseeded fits lie apart, the logged model may lie from them
SHUFFLED = 2  # further orders of the rows that tell whether the order matters
# Estimators whose training may go on: from scikit-learn's "Strategies to scale computationally: incremental learning".
IN_STEPS = re.compile(r"(SGD|MLP|PassiveAggressive|MiniBatch).*|Perceptron|(Bernoulli|Multinomial|Gaussian)NB")
Fault = Literal["", "rows", "parameters", "data"]


@dataclass(frozen=True)
class Learned:
    """What training again said of one run's model."""

    rows: Rows = ()  # that it learned from, in order; empty when that could not be established
    said: Reproduction = field(default_factory=Reproduction)  # of the logged model, for every row of the file
    fault: Fault = ""
    expected: str = ""
    found: str = ""
    hint: str = ""

    def require(self, *faults: Fault) -> None:
        """Raise Unmet when training again found one of these faults."""
        if self.fault and self.fault in faults:
            raise Unmet(self.expected, self.found, self.hint)


def learned(evidence: Evidence, run: Run) -> Learned | None:
    """What the run's model learned from; None where nothing is trained again, or other checks say what is missing."""
    if evidence.training == "none":
        return None
    known = "learned", run.id
    if known not in evidence.derived:
        try:
            evidence.derived[known] = _learned(subject_of(evidence, run))
        except Outcome:
            evidence.derived[known] = None
    found: Learned | None = evidence.derived[known]
    return found


def _learned(subject: Subject) -> Learned:
    orders = orders_of_the_rest(subject.frame, subject.label, subject.tested, subject.run)
    if not orders[0]:
        return _not_judged(subject, Reproduction(), "no row of the file is left to learn from")
    first = subject.fit_all([subject.fit(orders[0])])
    if problem := _problem(subject, first):
        return _not_judged(subject, first, problem)
    if alike(first, first.fits[0]):
        return Learned(orders[0], first)
    return _otherwise(subject, orders, first)


def _otherwise(subject: Subject, orders: list[Rows], first: Reproduction) -> Learned:
    """The first other explanation that gives the logged model; when none does, what may be said of it.

    Of a model that depends on the order of its rows, the order in which a student had them may not be guessed: it is
    held against fits of rows in any order, as one without a seed is.
    """
    others, rest = orders[1:], orders[0]
    again = subject.fit_all(
        [subject.fit(order) for order in (*others, rest, *(shuffled(rest, n) for n in range(SHUFFLED)))]
    )
    if problem := _problem(subject, again):
        return _not_judged(subject, first, problem)
    for order, said in zip(others, again.fits, strict=False):
        if alike(first, said):
            return Learned(order, first)
    once, (twice, *in_other_orders) = first.fits[0], again.fits[len(others) :]
    if not alike(once, twice):
        return _within_scatter(subject, rest, first, [once, twice, *in_other_orders])
    ways = list(explanations(subject.evidence, subject.run, subject.frame, subject.label, subject.tested, orders))
    tried = subject.fit_all([subject.fit(way.rows, way.settings, way.data) for way in ways])
    if tried.problem:
        return _not_judged(subject, first, tried.problem)
    for way, said in zip(ways, tried.fits, strict=False):
        if alike(first, said):
            return _explained(subject, first, way)
    if not all(alike(once, said) for said in in_other_orders):
        return _within_scatter(subject, rest, first, [once, *in_other_orders])
    return _unexplained(subject, rest, first)


def _explained(subject: Subject, first: Reproduction, way: Explanation) -> Learned:
    if way.fault == "rows" and not (subject.evidence.rest_is_training or way.leaks):
        note = f"{subject.run.name}: {way.found}; whether that was meant, nobody can say from here"
        subject.evidence.not_judged.append(note)
        return Learned(way.rows, first)
    return Learned((), first, way.fault, f"{way.expected} in the run {subject.run.name!r}", way.found, way.hint)


def _unexplained(subject: Subject, rest: Rows, first: Reproduction) -> Learned:
    if _goes_on_learning(subject):
        return _not_judged(subject, first, "its model may have been trained in several steps")
    apart = _apart(first, first.fits[0])
    found = f"trained again on the other {len(rest)} rows of {subject.file_name}, it predicts otherwise: {apart}"
    if not subject.evidence.rest_is_training or REFUSAL in subject.run.tags:  # one that had to be worse, and is
        return _not_judged(subject, first, found)
    return Learned(
        (), first, "rows",
        f"the model of {subject.run.name!r} to have learned from the rows of {subject.file_name} that are not tested",
        found, "fit the model on all training rows, with the logged parameters, and log it after that last fit; "
        "log the seed of the split",
    )  # fmt: skip


def _goes_on_learning(subject: Subject) -> bool:
    """Whether a second call of `fit`, or `partial_fit`, goes on where the last one ended."""
    try:
        values = subject.evidence.hyperparameters(subject.run)
        steps = subject.evidence.model(subject.run).steps()
    except Outcome:
        return True
    warm = any(name.rpartition("__")[2] == "warm_start" and value is True for name, value in values.items())
    return warm or any(IN_STEPS.fullmatch(step) for step in steps)


def _within_scatter(subject: Subject, rest: Rows, first: Reproduction, ours: list[Reproduction]) -> Learned:
    """A model without a seed: whether the logged one is as far from new ones as these are from each other.

    On all rows, and on the tested ones: there, a model that has seen them differs most.
    """
    tested = set(subject.tested)
    places = np.flatnonzero([row in tested for row in subject.every_row])
    for chosen in (slice(None), places):
        among = max(distance(one, other, chosen) for place, one in enumerate(ours) for other in ours[place + 1 :])
        if np.mean([distance(first, said, chosen) for said in ours]) > BAND * among:
            return _unexplained(subject, rest, first)
    return Learned(rest, first)


def _not_judged(subject: Subject, said: Reproduction, reason: str) -> Learned:
    subject.evidence.not_judged.append(f"what the model of {subject.run.name} learned from: {reason}")
    return Learned((), said)


def _problem(subject: Subject, said: Reproduction) -> str:
    """Why the model, or one of its clones, cannot be compared; empty when all can."""
    if said.problem:
        return said.problem
    if not said.fits:
        return "its model is none that can be trained again"
    count = len(subject.every_row)
    if any(len(each.predictions) != count for each in (said, *(fit for fit in said.fits if not fit.problem))):
        return f"its model does not say one value for each of {count} rows"
    return next((fit.problem for fit in said.fits if fit.problem), "")


def alike(one: Reproduction, other: Reproduction) -> bool:
    """Whether two models say the same of the same rows, as far as fits of one model may differ."""
    if other.problem or len(one.predictions) != len(other.predictions):
        return False
    mine, theirs = _values(one), _values(other)
    if mine is None or theirs is None:
        return one.predictions == other.predictions
    return bool(np.abs(mine - theirs).max() <= max(CLOSE * mine.std(), 1e-9))


def distance(one: Reproduction, other: Reproduction, places: Any = slice(None)) -> float:
    """How far apart two models are, on all rows or on those at some places.

    A root mean square or, of labels that are texts, the share that differs.
    """
    mine, theirs = _values(one), _values(other)
    if mine is None or theirs is None:
        return float(np.mean((np.asarray(one.predictions) != np.asarray(other.predictions))[places]))
    return float(np.sqrt(((mine - theirs)[places] ** 2).mean()))


def _values(said: Reproduction) -> Any:
    """Scores or else numbers that were predicted; None for labels that are texts."""
    try:
        values = np.asarray(said.scores or said.predictions, dtype=float)
    except (TypeError, ValueError):
        return None
    return values if np.isfinite(values).all() else None


def _apart(one: Reproduction, other: Reproduction) -> str:
    mine, theirs = _values(one), _values(other)
    if mine is None or theirs is None:
        count = sum(a != b for a, b in zip(one.predictions, other.predictions, strict=True))
        return f"{count} rows get another label"
    return f"by up to {np.abs(mine - theirs).max():.4g}"
