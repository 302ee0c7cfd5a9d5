"""Candidates trained again: whether the values that they logged for their folds are those of their settings."""

from collections.abc import Sequence

import numpy as np

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Settings
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.cv_splits import require_splits
from grading.lessons.m9_02.final_model import final_run
from grading.lessons.m9_02.searches import Search
from grading.marking.training.folds import fold_values, settings_of
from grading.marking.training.sample import sample
from grading.marking.training.splits import Rows, Splitting, shuffled
from grading.marking.training.subject import Subject, subject_of

SAMPLED = 4  # candidates of a search
UNSEEDED = 4  # fits with other seeds, and with the rows in other orders
BAND = 2.5  # how much farther than these lie from each other, what was logged may lie from them


def require_trained(evidence: Evidence, search: Search) -> None:
    """Raise Unmet for a candidate whose fold values are not those that its settings give on the named splits.

    The model is that of the final run; where there is none yet, or it lacks the settings, nothing is said.
    """
    if evidence.training == "none":
        return
    try:
        final = final_run(evidence)
        subject, parameters = subject_of(evidence, final), evidence.hyperparameters(final)
        held_out = require_splits(evidence, search)
    except Outcome:
        return
    if not set(held_out) <= set(subject.every_row):
        return
    for candidate in sample(evidence, search.candidates, SAMPLED, search.run.name):
        settings = settings_of(parameters, {**candidate.settings, **candidate.run.params})
        if len(settings) >= len(candidate.settings):
            require_candidate(subject, candidate, held_out, settings)


def _on_splits(rows: Rows, held_out: dict[object, int], candidate: Candidate, settings: Settings) -> Splitting:
    """The candidate's folds, each of which learns from the rows that it does not hold out, in their order."""
    parts = [
        (tuple(row for row in rows if held_out[row] != fold), tuple(row for row in rows if held_out[row] == fold))
        for fold in range(len(candidate.folds))
    ]
    return Splitting(candidate.run.name, tuple(parts), settings)


def require_candidate(subject: Subject, candidate: Candidate, held_out: dict[object, int], settings: Settings) -> None:
    """Raise Unmet unless the values are those of the rows in a likely order, or as near as fits of one model are."""
    ways = [_on_splits(order, held_out, candidate, settings) for order in subject.orders(tuple(held_out))]
    folds, first = candidate.folds, fold_values(subject, ways[:1], candidate.key)[0]
    if not first or _is_among(folds, first):
        return
    others = [*ways[1:], *(_in_other_ways(subject, ways[0], seed) for seed in range(UNSEEDED))]
    again = [found for found in fold_values(subject, others, candidate.key) if found]
    if len(again) < len(others) or any(_is_among(folds, found) for found in again):
        return
    if _apart(folds, first[0]) <= BAND * max(_apart(first[0], found[0]) for found in again[len(ways) - 1 :]):
        return
    fold = next(place for place, pair in enumerate(zip(folds, first[0], strict=False)) if not equal(*pair))
    said = ", ".join(f"{name.rpartition('__')[2]} = {value!r}" for name, value in ways[0].settings)
    raise Unmet(
        f"{candidate.key} of {first[0][fold]:.4f} for fold {fold} of {candidate.run.name!r}, which {said} gives",
        f"{folds[fold]:.4f}",
        "log each fold's score of the model that was fitted without its rows, with the settings that the run names",
    )


def _in_other_ways(subject: Subject, way: Splitting, seed: int) -> Splitting:
    """The same folds, learned from in another order by a model with another seed."""
    parts = tuple((shuffled(learn, seed), held) for learn, held in way.parts)
    return Splitting(way.name, parts, subject.reseeded(way.settings, seed))


def _is_among(folds: Sequence[float], tables: list[list[float]]) -> bool:
    return any(all(map(equal, folds, values)) for values in tables)


def _apart(some: Sequence[float], others: Sequence[float]) -> float:
    return float(np.sqrt(np.mean((np.asarray(some) - np.asarray(others)) ** 2)))
