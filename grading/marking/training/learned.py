"""What a run's model learned from: a clone of it is trained on the rows that it should have seen, and compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence import claims
from grading.evidence.data_files import label_columns
from grading.evidence.evidence import REFUSAL, Evidence
from grading.evidence.model_answer import Fit, Reproduction
from grading.evidence.store import Run
from grading.marking.training.explanations import Explanation, explanations
from grading.marking.training.splits import Rows, orders_of_the_rest

CLOSE = 1e-3  # of the standard deviation of what is predicted: solvers that iterate agree to that
BAND = 1.3  # how much farther than two unseeded fits lie apart, the logged model may lie from them
UNSEEDED = 3  # fits that tell how far they lie apart
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


@dataclass(frozen=True)
class Subject:
    """A run's model, with the table that it was trained on and tested with."""

    evidence: Evidence
    run: Run
    frame: pd.DataFrame  # indexed by row
    file_name: str
    label: str
    tested: Rows

    @property
    def every_row(self) -> Rows:
        """The rows of the data file."""
        return tuple(self.frame.index.tolist())

    def fit_all(self, fits: Sequence[Fit]) -> Reproduction:
        """The logged model's predictions for every row, and what the clones say; raises Unmet as `reproduction`."""
        return self.evidence.trained_again(self.run, fits)

    def fit(self, rows: Rows, settings: Iterable[tuple[str, Any]] = (), data: str = "") -> Fit:
        """To learn from these rows, and to predict every row."""
        return Fit(rows, self.every_row, tuple(settings), data)

    def orders(self, rows: Rows) -> list[Rows]:
        """These rows in the orders in which people split them: as given, and as they are in the file."""
        chosen = set(rows)
        as_in_file = tuple(row for row in self.every_row if row in chosen)
        usual = orders_of_the_rest(self.frame, self.label, self.tested, self.run)
        return list(dict.fromkeys((rows, *(order for order in usual if set(order) == chosen), as_in_file)))

    def table(self, said: Reproduction, rows: Iterable[Any]) -> pd.DataFrame:
        """The predictions of these rows, as predictions.csv has them; `said`: of every row."""
        kept = pd.DataFrame({"row": self.every_row, "y_true": self.frame[self.label].to_numpy()})
        kept["y_pred"] = said.predictions
        if said.scores:
            kept["y_score"] = said.scores
        return kept.set_index("row").loc[list(rows)].reset_index()


def subject_of(evidence: Evidence, run: Run) -> Subject:
    """The run's model with its table; raises Unmet when something of it is missing or wrong."""
    predictions, file = evidence.predictions(run), evidence.data_file(run)
    frame = evidence.data.frame(file)
    labels = label_columns(file, frame)
    wrong = {name: claims.label_mismatches(predictions, frame, [name]) for name in labels}
    if not wrong or min(wrong.values()):
        raise Unmet(f"y_true to be labels of {file.name}", f"{min(wrong.values(), default=0)} differ")
    label = min(wrong, key=wrong.__getitem__)
    return Subject(evidence, run, frame, file.name, label, tuple(predictions["row"].tolist()))


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
    if problem := _problem(first):
        return _not_judged(subject, first, problem)
    if alike(first, first.fits[0]):
        return Learned(orders[0], first)
    return _otherwise(subject, orders, first)


def _otherwise(subject: Subject, orders: list[Rows], first: Reproduction) -> Learned:
    """The first other explanation that gives the logged model; when none does, what may be said of it."""
    again = subject.fit_all([subject.fit(order) for order in (*orders[1:], *orders[:1] * (UNSEEDED - 1))])
    for order, said in zip(orders[1:], again.fits, strict=False):
        if alike(first, said):
            return Learned(order, first)
    ours = [first.fits[0], *again.fits[len(orders) - 1 :]]
    if any(said.problem for said in ours):
        return _not_judged(subject, first, next(said.problem for said in ours if said.problem))
    if not all(alike(one, other) for one, other in pairwise(ours)):
        return _of_unseeded(subject, orders[0], first, ours)
    ways = list(explanations(subject.evidence, subject.run, subject.frame, subject.label, subject.tested, orders))
    tried = subject.fit_all([subject.fit(way.rows, way.settings, way.data) for way in ways])
    for way, said in zip(ways, tried.fits, strict=False):
        if alike(first, said):
            return _explained(subject, first, way)
    return _unexplained(subject, orders[0], first)


def _explained(subject: Subject, first: Reproduction, way: Explanation) -> Learned:
    if way.fault == "rows" and not (subject.evidence.rest_is_training or way.leaks):
        note = f"{subject.run.name}: {way.found}; whether that was meant, nobody can say from here"
        subject.evidence.not_judged.append(note)
        return Learned(way.rows, first)
    return Learned((), first, way.fault, f"{way.expected} in the run {subject.run.name!r}", way.found, way.hint)


def _unexplained(subject: Subject, rest: Rows, first: Reproduction) -> Learned:
    apart = _apart(first, first.fits[0])
    found = f"trained again on the other {len(rest)} rows of {subject.file_name}, it predicts otherwise: {apart}"
    if not subject.evidence.rest_is_training or REFUSAL in subject.run.tags:  # one that had to be worse, and is
        return _not_judged(subject, first, found)
    return Learned(
        (), first, "rows",
        f"the model of {subject.run.name!r} to have learned from the rows of {subject.file_name} that are not tested",
        found, "fit the model on all training rows, with the logged parameters, and log it after that last fit",
    )  # fmt: skip


def _of_unseeded(subject: Subject, rest: Rows, first: Reproduction, ours: list[Reproduction]) -> Learned:
    """A model without a seed: whether the logged one is as far from new ones as these are from each other.

    On all rows, and on the tested ones: there, a model that has seen them differs most.
    """
    tested = set(subject.tested)
    places = np.flatnonzero([row in tested for row in subject.every_row])
    for chosen in (slice(None), places):
        among = max(_distance(one, other, chosen) for place, one in enumerate(ours) for other in ours[place + 1 :])
        if np.mean([_distance(first, said, chosen) for said in ours]) > BAND * among:
            return _unexplained(subject, rest, first)
    return Learned(rest, first)


def _not_judged(subject: Subject, said: Reproduction, reason: str) -> Learned:
    subject.evidence.not_judged.append(f"what the model of {subject.run.name} learned from: {reason}")
    return Learned((), said)


def _problem(said: Reproduction) -> str:
    if said.problem:
        return said.problem
    return said.fits[0].problem if said.fits else "its model is none that can be trained again"


def alike(one: Reproduction, other: Reproduction) -> bool:
    """Whether two models say the same of the same rows, as far as fits of one model may differ."""
    if other.problem or len(one.predictions) != len(other.predictions):
        return False
    mine, theirs = _values(one), _values(other)
    if mine is None or theirs is None:
        return one.predictions == other.predictions
    return bool(np.abs(mine - theirs).max() <= max(CLOSE * mine.std(), 1e-9))


def _distance(one: Reproduction, other: Reproduction, places: Any) -> float:
    """How far apart two models are on some rows: a root mean square or, of texts, the share that differs."""
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
