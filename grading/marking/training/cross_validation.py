"""Cross-validated numbers, derived again: from fold scores that are in the store, or by training on folds again."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from grading.errors import Outcome, Unmet
from grading.evidence.claims import DEFINITIONS
from grading.evidence.comparison import equal, is_finite, same_value
from grading.evidence.evidence import Evidence
from grading.evidence.fold_runs import fold_number
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.evidence.tables import plain
from grading.marking.training.folds import LEAST_FOLDS, envelope, fold_values, settings_of
from grading.marking.training.learned import Learned
from grading.marking.training.splits import Rows, likely, others, seeds_of
from grading.marking.training.subject import Subject, subject_of

EXACT = 1e-7  # relative: a mean that was not rounded


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
    beside = {
        meaning.base: name
        for name in run.metrics
        if (meaning := parse(name)).statistic == "std" and meaning.split in ("cv", None)
    }
    for name, value in run.metrics.items():
        meaning = parse(name)
        key = contract.metric(name) or meaning.base
        if meaning.split == "cv" and meaning.statistic == "mean" and key in DEFINITIONS:
            std = beside.get(meaning.base, "")
            found.append(Claim(key, meaning.base, name, value, std, run.metrics.get(std)))
    return found


def require_cross_validation(evidence: Evidence, run: Run, found: Learned) -> None:
    """Raise Unmet for a cross-validated mean or spread that neither the store's folds nor new ones can give."""
    # A run that a newer one of its name replaced is no candidate: it has the same mistake.
    finals = {each.id for each in (*evidence.main_runs, *evidence.replaced_runs)}
    for claim in claims_of(evidence, run):
        tried = [other for other in evidence.runs if other.id not in finals and claim.mean_name in other.metrics]
        own = [other for other in tried if _is_named_after(run, other)]
        copied = [other for other in tried if other.metrics[claim.mean_name] == claim.mean]
        if copied and own and not any(other in own or _is_of_this_model(evidence, run, other) for other in copied):
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
        if meaning.base != base or meaning.statistic or meaning.split not in ("cv", None):
            continue
        values = list(evidence.curve(run, name).values())
        if all(map(is_finite, values)):
            yield values
    folds = [child for child in evidence.children(run) if fold_number(child) is not None]
    each = [[v for name, v in fold.metrics.items() if parse(name).base == base and is_finite(v)] for fold in folds]
    if each and all(each):
        yield [values[0] for values in each]


def _is_named_after(run: Run, other: Run) -> bool:
    """Whether the run's name has the other's in it, in words: ridge-final and ridge, but not ridge-v2 and 2."""
    name = plain(other.name)
    return name in plain(run.name) and any(letter.isalpha() for letter in name)


def _is_of_this_model(evidence: Evidence, run: Run, other: Run) -> bool:
    """Whether the other run logged settings of the run's model, and all as the model has them."""
    try:
        parameters = evidence.hyperparameters(run)
    except Outcome:
        return False
    settings = settings_of(parameters, other.params)
    return bool(settings) and all(same_value(str(value), parameters[name]) for name, value in settings)


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
    first = [way for order in subject.orders(rows) for way in likely(order, labels, seeds)]
    for ways in (first, [*others(rows, labels, seeds, ()), *likely(every, labels, seeds)]):
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
