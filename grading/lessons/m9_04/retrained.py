"""Families trained again: whether what they said of the rows held out is what such a model says."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence.claims import score_column
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Fit, Reproduction, Settings
from grading.evidence.store import Run
from grading.evidence.tables import plain
from grading.lessons.m9_04.families import Family
from grading.marking.training.folds import settings_of
from grading.marking.training.learned import CLOSE, distance
from grading.marking.training.sample import sample
from grading.marking.training.splits import Rows, orders_of_the_rest, shuffled
from grading.marking.training.subject import Subject, subject_of

SAMPLED = 2  # splits of a family
UNSEEDED = 2  # fits with other seeds, and with the rows in other orders
BAND = 1.5  # how much farther than two unseeded fits from each other, what was logged may lie from them


def final_of(evidence: Evidence, family: Family, names: Iterable[str]) -> Run | None:
    """The final run whose name, or cross-validated mean, is the family's; None when none or several are.

    `names`: of all families. A final run "kernel-ridge" is that of the family with the longest name in it.
    """
    finals = [run for run in evidence.main_runs if run.id != family.run.id]
    name = plain(family.run.name)
    longer = [other for each in names if name in (other := plain(each)) and other != name]
    named = [run for run in finals if name and name in (said := plain(run.name)) and not any(x in said for x in longer)]
    if len(named) == 1:
        return named[0]
    means = {name: value for name, value in family.run.metrics.items() if name.endswith("_mean")}
    alike = [run for run in finals if means and means.items() <= dict(run.metrics).items()]
    return alike[0] if len(alike) == 1 else None


def require_trained(evidence: Evidence, family: Family, names: Iterable[str]) -> None:
    """Raise Unmet when the family's model, trained without a split's rows, says something else of them.

    The model is that of the family's final run; before there is one, nothing is said. `names`: of all families.
    """
    final = final_of(evidence, family, names) if evidence.training != "none" else None
    if final is None:
        return
    try:
        subject = subject_of(evidence, final)
        settings = settings_of(evidence.hyperparameters(final), family.run.params)
    except Outcome:
        return
    known = set(family.table["row"])
    if known & set(subject.tested) or not known <= set(subject.every_row):
        return  # test rows, or rows that the file does not have: other checks say so
    others = [row for row in subject.every_row if row not in known]
    orders = orders_of_the_rest(subject.frame, subject.label, others, final)
    parts = sample(evidence, [*family.table.groupby("split")], SAMPLED, family.run.name)
    said = subject.fit_all([_without(part, orders[0], settings) for _, part in parts]).fits
    for (split, part), first in zip(parts, said, strict=False):  # none of a model that cannot be trained again
        _require_said(subject, f"{family.run.name!r}, split {split}", part, first, orders, settings)


def _without(part: pd.DataFrame, order: Rows, settings: Settings) -> Fit:
    """To learn from all rows but those held out in a split, and to predict these."""
    held = tuple(part["row"].tolist())
    out = set(held)
    return Fit(tuple(row for row in order if row not in out), held, settings)


def _require_said(
    subject: Subject, where: str, part: pd.DataFrame, first: Reproduction, orders: list[Rows], settings: Settings
) -> None:
    apart = _distance(part, first)
    if apart is None or apart.same:
        return
    other_ways = [_without(part, order, how) for order in orders for how in dict.fromkeys((settings, ()))]
    unlike = [_without(part, shuffled(orders[0], n), subject.reseeded(settings, n)) for n in range(UNSEEDED)]
    said = subject.fit_all([*other_ways, *unlike]).fits
    others = [_distance(part, each) for each in said]
    if not others or any(other is None or other.same for other in others):
        return
    among = max(distance(first, each) for each in said[-UNSEEDED:])
    if apart.mean <= BAND * among:
        return
    raise Unmet(
        f"what the model of {subject.run.name!r} says of the {len(part)} rows of {where}, when it has not seen them",
        f"other values, {apart.mean:.4g} apart on average",
        "log what each family, fitted on the other rows of a split, predicts for the rows held out",
    )


@dataclass(frozen=True)
class Apart:
    """How far logged values are from those that a model said: on average, and whether no farther than rounding."""

    mean: float
    same: bool


def _distance(part: pd.DataFrame, said: Reproduction) -> Apart | None:
    """How far apart they are; None when they cannot be compared."""
    name = score_column(part) if said.scores else None
    values = said.scores if name else said.predictions
    if said.problem or len(values) != len(part):
        return None
    logged = part[name or "y_pred"]
    if not pd.api.types.is_numeric_dtype(logged):
        wrong = float(np.mean([str(one) != str(other) for one, other in zip(logged, values, strict=True)]))
        return Apart(wrong, wrong == 0)
    gaps = np.abs(logged.to_numpy(float) - np.asarray(values, dtype=float))
    rounding = next((0.5 * 10.0**-places for places in range(4) if (logged.round(places) == logged).all()), 0.0)
    close = max(CLOSE * float(logged.std()), 1e-9) + rounding
    return Apart(float(np.sqrt((gaps**2).mean())), bool((gaps <= close).all()))
