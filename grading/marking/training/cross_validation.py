"""Cross-validated numbers, derived again: from fold scores that are in the store, or by training on folds again."""

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import pandas as pd

from grading.errors import Unmet
from grading.evidence.claims import DEFINITIONS, derive
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.model_answer import Fit
from grading.evidence.store import Run
from grading.evidence.tables import plain
from grading.marking.training.explanations import read_value
from grading.marking.training.learned import Learned, Subject, subject_of
from grading.marking.training.splits import Rows, Splitting, at_random, likely, others, seeds_of

LEAST_FOLDS = 2
EXACT = 1e-7  # relative: a mean that was not rounded
LEAST_WIDTH = 0.02  # of a score: how far it may lie from those of other splits, at least
Settings = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Claim:
    """A cross-validated mean that a run logged, and the spread beside it."""

    key: str  # of the definition: rmse
    base: str  # as it is called, without split and statistic
    mean_name: str
    mean: float
    std_name: str
    std: float | None

    def agrees(self, values: Sequence[float]) -> bool:
        """Whether the folds' scores give the mean, and the spread if there is one."""
        if len(values) < LEAST_FOLDS or not equal(self.mean, statistics.fmean(values)):
            return False
        return self.std is None or any(equal(self.std, value) for value in spreads(values))

    def contradicts(self, values: Sequence[float]) -> bool:
        """Whether the mean is surely that of these scores, and the spread is not theirs.

        Of a rounded mean that is not sure: other folds may give it, too. Then the spread must be their standard error.
        """
        if len(values) < LEAST_FOLDS or self.std is None or any(equal(self.std, value) for value in spreads(values)):
            return False
        if math.isclose(self.mean, statistics.fmean(values), rel_tol=EXACT):
            return True
        errors = [value / len(values) ** 0.5 for value in spreads(values)]
        return equal(self.mean, statistics.fmean(values)) and any(equal(self.std, error) for error in errors)


def spreads(values: Sequence[float]) -> tuple[float, float]:
    """The standard deviation, with n and with n - 1 in the variance."""
    return statistics.pstdev(values), statistics.stdev(values)


def claims_of(evidence: Evidence, run: Run) -> list[Claim]:
    """The run's cross-validated means of metrics that have a definition."""
    contract, found = evidence.contract(run), []
    spreads = {parse(name).base: name for name in run.metrics if parse(name).statistic == "std"}
    for name, value in run.metrics.items():
        meaning = parse(name)
        key = contract.metric(name) or meaning.base
        if meaning.split == "cv" and meaning.statistic == "mean" and key in DEFINITIONS:
            std = spreads.get(meaning.base, "")
            found.append(Claim(key, meaning.base, name, value, std, run.metrics.get(std)))
    return found


def require_cross_validation(evidence: Evidence, run: Run, found: Learned) -> None:
    """Raise Unmet for a cross-validated mean or spread that neither the store's folds nor new ones can give."""
    finals = {each.id for each in evidence.main_runs}
    for claim in claims_of(evidence, run):
        tried = [other for other in evidence.runs if other.id not in finals and claim.mean_name in other.metrics]
        own = [other for other in tried if plain(other.name) and plain(other.name) in plain(run.name)]
        copied = [other for other in tried if other.metrics[claim.mean_name] == claim.mean]
        if copied and own and not any(other in own for other in copied):
            right = f"{claim.mean_name} = {own[-1].metrics[claim.mean_name]:.4f} of {own[-1].name!r}"
            theirs = f"{claim.mean:.4f}, which is that of {copied[-1].name!r}"
            raise Unmet(f"{right} in the run {run.name!r}", theirs, "log the numbers of the model that the run keeps")
        if copied:
            continue  # a candidate's number: whether it is right, is asked of the candidate
        kept = [values for other in (run, *evidence.runs) for values in _fold_scores(evidence, other, claim.base)]
        if any(claim.agrees(values) for values in kept):
            continue
        of_another_spread = next((values for values in kept if claim.contradicts(values)), None)
        if of_another_spread is None and found.rows:
            of_another_spread = _trained_again(subject_of(evidence, run), found.rows, claim)
        if of_another_spread is not None:
            _refuse_spread(run, claim, of_another_spread)


def _fold_scores(evidence: Evidence, run: Run, base: str) -> Iterator[list[float]]:
    """The run's values for its folds, as steps of a metric or as nested runs."""
    for name in run.metrics:
        meaning = parse(name)
        if meaning.base == base and meaning.statistic is None and meaning.split in ("cv", None):
            yield list(evidence.curve(run, name).values())
    folds = [child for child in evidence.children(run) if "fold" in child.params]
    each = [[v for name, v in fold.metrics.items() if parse(name).base == base] for fold in folds]
    if each and all(each):
        yield [values[0] for values in each]


def _refuse_spread(run: Run, claim: Claim, values: list[float]) -> NoReturn:
    assert claim.std is not None
    hint = "the standard deviation of the folds' values: numpy.std(scores)"
    if any(equal(claim.std, value / len(values) ** 0.5) for value in spreads(values)):
        hint = f"this is the standard error, the deviation over the root of {len(values)}; log {hint}"
    own, other = spreads(values)
    raise Unmet(f"{claim.std_name} = {own:.4f} (or {other:.4f}) in the run {run.name!r}, from its {len(values)} folds",
                f"{claim.std:.4f}", hint)  # fmt: skip


def _trained_again(subject: Subject, rows: Rows, claim: Claim) -> list[float] | None:
    """The scores of folds that give the mean and not the spread; None when some give both, or none are known to.

    Raises Unmet when no folds of these rows can give the mean.
    """
    labels, seeds, every = subject.frame[subject.label], seeds_of(subject.run), subject.every_row
    contradicting: list[float] | None = None
    first = [way for order in subject.orders(rows) for way in likely(order, labels, seeds[0])]
    for ways in (first, [*others(rows, labels, seeds, ()), *likely(every, labels, seeds[0])]):
        for values in (values for table in fold_values(subject, ways, claim.key) for values in table):
            if claim.agrees(values):
                return None
            if contradicting is None and claim.contradicts(values):
                contradicting = values
    if contradicting is not None:
        return contradicting
    low, high = envelope(subject, rows, claim.key, (3, 5, 10))
    if low <= claim.mean <= high:
        subject.evidence.not_judged.append(
            f"{claim.mean_name} of {subject.run.name}: which folds it is of; it is as other folds of this model give it"
        )
        return None
    expected = f"{claim.mean_name} from {low:.4g} to {high:.4g} in the run {subject.run.name!r}, as its model gives it"
    hint = "log the mean of the scores that cross-validating this model on its training rows gives; keep the folds"
    raise Unmet(f"{expected} on folds of its {len(rows)} training rows", f"{claim.mean:.4f}", hint)


def envelope(
    subject: Subject, rows: Rows, key: str, folds: Iterable[int], settings: Settings = (), draws: int = 3
) -> tuple[float, float]:
    """Between which values the mean over folds of this model lies, whatever the split, with room on both sides."""
    ways = list(at_random(rows, subject.frame[subject.label], folds, draws))
    means = [
        statistics.fmean(values)
        for table in fold_values(subject, ways, key, settings)
        for values in table
    ]  # fmt: skip
    if not means:
        return float("-inf"), float("inf")
    width = max(max(means) - min(means), LEAST_WIDTH * abs(statistics.fmean(means)))
    return min(means) - width, max(means) + width


def settings_of(parameters: Mapping[str, object], logged: Mapping[str, str]) -> Settings:
    """The logged params that are hyperparameters of a model, by its own names and as values; others are left out."""
    found: dict[str, Any] = {}
    for name in parameters:
        last = name.rpartition("__")[2]
        text = next((logged[key] for key in (name, last, f"param_{name}", f"params_{name}") if key in logged), None)
        if text is None:
            text = next((value for key, value in logged.items() if re.split(r"__|[_.]", key)[-1] == last), None)
        if text is not None and last not in ("random_state", "seed"):
            found[name] = read_value(text)
    return tuple(found.items())


def require_folds(
    subject: Subject, rows: Rows, key: str, values: Sequence[float], settings: Settings, where: str
) -> bool:
    """Whether folds that people use give these values, with these settings, on these rows or on all rows of the file.

    Raises Unmet when their mean lies outside what any folds of this model give.
    """
    labels, seeds, count = subject.frame[subject.label], seeds_of(subject.run), len(values)
    every = subject.every_row
    for ways in (
        [way for order in subject.orders(rows) for way in likely(order, labels, seeds[0], count)],
        [*others(rows, labels, seeds, [count]), *likely(every, labels, seeds[0], count)],
    ):
        fitting = [way for way in ways if len(way.parts) == count]
        for table in fold_values(subject, fitting, key, settings):
            if any(all(map(equal, values, found)) or all(map(equal, sorted(values), sorted(found))) for found in table):
                return True
    ends = [
        envelope(subject, part, key, [count], (*settings, *skipped), draws=4)
        for part in (rows, every)
        for skipped in ((), *_without_a_step(subject))
    ]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    mean = statistics.fmean(values)
    if low <= mean <= high:
        said = ", ".join(f"{name.rpartition('__')[2]} = {value!r}" for name, value in settings)
        subject.evidence.not_judged.append(f"the folds of {where}: which rows they held out, with {said}")
        return False
    expected = f"a mean {key} from {low:.4g} to {high:.4g} over the {count} folds of {where!r}"
    hint = "log what the model scores on the rows that each fold holds out"
    raise Unmet(f"{expected}, as the model of {subject.run.name!r} gives it", f"{mean:.4f}", hint)


def _without_a_step(subject: Subject) -> list[Settings]:
    """Of a pipeline, each of its first steps left out: a student may cross-validate a plainer model."""
    names = subject.evidence.hyperparameters(subject.run)
    steps = dict.fromkeys(name.partition("__")[0] for name in names if "__" in name)
    return [((step, "passthrough"),) for step in list(steps)[:-1]]


def fold_values(
    subject: Subject, ways: Sequence[Splitting], key: str, settings: Settings = ()
) -> list[list[list[float]]]:
    """For each splitting, the folds' scores under each definition of the metric; empty when they cannot be had."""
    fits = [Fit(learn, held, way.settings or settings) for way in ways for learn, held in way.parts]
    answers = iter(subject.fit_all(fits).fits if fits else ())
    found = []
    for way in ways:
        each: list[list[float]] = []
        for _, held in way.parts:
            said = next(answers, None)
            if said is None or said.problem or len(said.predictions) != len(held):
                each.append([])
                continue
            table = pd.DataFrame({"row": held, "y_true": subject.frame.loc[list(held), subject.label].to_numpy()})
            table["y_pred"] = said.predictions
            if said.scores:
                table["y_score"] = said.scores
            each.append(scores_of(key, table))
        kinds = min(map(len, each), default=0)
        found.append([[values[kind] for values in each] for kind in range(kinds)])
    return found


def scores_of(key: str, table: pd.DataFrame) -> list[float]:
    """The metric of one fold's predictions, under each of its definitions; empty when it cannot be computed."""
    try:
        return derive(key, table) or []
    except Unmet:
        return []
