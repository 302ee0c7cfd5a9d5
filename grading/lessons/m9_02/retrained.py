"""Candidates trained again: whether the values that they logged for their folds are those of their settings."""

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.cv_splits import require_splits
from grading.lessons.m9_02.final_model import final_run
from grading.lessons.m9_02.searches import Search
from grading.marking.training.cross_validation import fold_values, settings_of
from grading.marking.training.learned import subject_of
from grading.marking.training.sample import sample
from grading.marking.training.splits import Splitting

SAMPLED = 4  # candidates of a search


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
    rows = [row for row in held_out if row in subject.frame.index]
    count = len(set(held_out.values()))
    parts = [
        (tuple(row for row in rows if held_out[row] != fold), tuple(row for row in rows if held_out[row] == fold))
        for fold in range(count)
    ]
    if len(rows) != len(held_out):
        return
    asked = []
    for candidate in sample(evidence, search.candidates, SAMPLED, search.run.name):
        settings = settings_of(parameters, {**candidate.settings, **candidate.run.params})
        if len(settings) >= len(candidate.settings):
            asked.append((candidate, Splitting(candidate.run.name, tuple(parts[: len(candidate.folds)]), settings)))
    for key in dict.fromkeys(candidate.key for candidate, _ in asked):
        own = [(candidate, way) for candidate, way in asked if candidate.key == key]
        for (candidate, way), tables in zip(own, fold_values(subject, [way for _, way in own], key), strict=True):
            _require_values(candidate, way, tables)


def _require_values(candidate: Candidate, way: Splitting, tables: list[list[float]]) -> None:
    if not tables or any(all(map(equal, candidate.folds, values)) for values in tables):
        return
    fold = next(place for place, pair in enumerate(zip(candidate.folds, tables[0], strict=False)) if not equal(*pair))
    said = ", ".join(f"{name.rpartition('__')[2]} = {value!r}" for name, value in way.settings)
    raise Unmet(
        f"{candidate.key} of {tables[0][fold]:.4f} for fold {fold} of {candidate.run.name!r}, which {said} gives",
        f"{candidate.folds[fold]:.4f}",
        "log each fold's score of the model that was fitted without its rows, with the settings that the run names",
    )
