"""A model, trained again on folds: which scores it has on the rows that each fold holds out."""

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from grading.errors import Unmet
from grading.evidence.claims import values_of
from grading.evidence.comparison import equal
from grading.evidence.model_answer import Fit, Settings
from grading.marking.training.explanations import read_value
from grading.marking.training.splits import Rows, Splitting, at_random, likely, others, seeds_of
from grading.marking.training.subject import Subject

LEAST_FOLDS = 2
LEAST_WIDTH = 0.02  # of a score: how far it may lie from those of other splits, at least


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

    `values`: of two folds or more. Raises Unmet when their mean lies outside what any folds of this model give.
    """
    labels, seeds, count = subject.frame[subject.label], seeds_of(subject.run), len(values)
    every = subject.every_row
    for ways in (
        [way for order in subject.orders(rows) for way in likely(order, labels, seeds, count)],
        [*others(rows, labels, seeds, [count]), *likely(every, labels, seeds, count)],
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
            each.append(values_of(key, table))
        kinds = min(map(len, each), default=0)
        found.append([[values[kind] for values in each] for kind in range(kinds)])
    return found
