"""The choice among candidates, made again: the best, or the simplest within one standard error of it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from grading.errors import Unmet
from grading.evidence.comparison import same_value
from grading.lessons.m9_02.candidates import Candidate
from grading.lessons.m9_02.search_space import Dimension
from grading.lessons.m9_02.searches import signed

RULE_NAMES = ("selection_rule", "selected_by", "selection", "choice_rule")
SIMPLEST_NAMES = ("simplest", "simplest_by", "simplicity", "one_se_simplest", "prefer", "simplest_is")
ONE_SE = re.compile(r"\b(1|one)[ _-]*(se|standard[ _-]*error)s?\b|standard[ _-]*error", re.I)
LARGEST = frozenset({"largest", "large", "larger", "highest", "high", "max", "maximum", "most", "strongest", "biggest"})
SMALLEST = frozenset({"smallest", "small", "smaller", "lowest", "low", "min", "minimum", "fewest", "least", "weakest"})
TIE = 1e-9  # relative
CLOSE_SETTING = 1e-3  # relative: a setting logged with four digits


def matching(candidates: Iterable[Candidate], chosen: Mapping[str, object]) -> list[Candidate]:
    """The candidates with the chosen settings; `chosen` by the names of the space."""
    return [
        candidate
        for candidate in candidates
        if all(_same_setting(candidate.settings.get(name), value) for name, value in chosen.items())
    ]


def require_best(pool: Sequence[Candidate], picked: Sequence[Candidate]) -> str:
    """What was chosen, in words; raises Unmet unless a picked candidate has the best mean of the pool."""
    best = min(pool, key=_mean)
    ours = min(picked, key=_mean)
    if _mean(ours) > _mean(best) + TIE * abs(_mean(best)):
        raise Unmet(
            f"the settings of {best.run.name!r}, with the best mean: {best.mean:.4f}",
            f"those of {ours.run.name!r}, with {ours.mean:.4f}",
            "order all complete candidates by their mean, or say another selection_rule",
        )
    return f"{ours.run.name!r}, the best of {len(pool)} with {ours.mean:.4f}"


def require_one_standard_error(
    pool: Sequence[Candidate], picked: Sequence[Candidate], simplest: str, space: Iterable[Dimension]
) -> str:
    """What was chosen, in words; raises Unmet unless it is the simplest candidate within one standard error.

    `simplest`: which end of which setting is simpler, such as `largest alpha`. (L. Breiman et al., Classification and
    Regression Trees, 1984, chapter 3: the one-standard-error rule.)
    """
    dimension, largest = read_simplest(simplest, space)
    simplest = simplest.strip().removeprefix("the ")
    best = min(pool, key=_mean)
    problems = []
    for error in best.standard_errors():
        limit = _mean(best) + error
        within = [candidate for candidate in pool if _mean(candidate) <= limit + TIE * abs(limit)]
        values = {id(each): _value(each, dimension) for each in within}
        end = (max if largest else min)(values.values())
        ours = [each for each in picked if any(each is other for other in within)]
        if not ours:
            problems.append(Unmet(
                f"a candidate within one standard error ({error:.4f}) of the best mean, {best.mean:.4f}",
                f"{picked[0].run.name!r} with {picked[0].mean:.4f}",
                "of all candidates, keep those within one standard error; then take the simplest",
            ))  # fmt: skip
        elif not any(math.isclose(values[id(each)], end, rel_tol=CLOSE_SETTING) for each in ours):
            problems.append(Unmet(
                f"the {simplest} within one standard error: {end:g}",
                f"{values[id(ours[0])]:g}, in {ours[0].run.name!r}",
                f"{len(within)} candidates are within it: take the simplest",
            ))  # fmt: skip
        else:
            return f"{ours[0].run.name!r}, the {simplest} of {len(within)} within one standard error"
    raise problems[0] if problems else Unmet("folds of the best candidate", "none", "log each fold's value")


def read_simplest(text: str, space: Iterable[Dimension]) -> tuple[Dimension, bool]:
    """The setting that tells what is simple, and whether its largest value is; raises Unmet for another text."""
    named = [each for each in space if _name_of(each).search(text)]
    rest = _name_of(named[0]).sub(" ", text) if named else text  # max_depth is no end
    words = {word for word in re.split(r"[^a-z]+", rest.lower()) if word}
    ends = {True: words & LARGEST, False: words & SMALLEST}
    if len(named) != 1 or named[0].choices or bool(ends[True]) == bool(ends[False]):
        raise Unmet(
            "a tag `simplest` that names one numeric setting and its simpler end",
            text or "none",
            "such as: largest alpha",
        )
    return named[0], bool(ends[True])


def _name_of(dimension: Dimension) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])([A-Za-z0-9_]+__)?{re.escape(dimension.last)}(?![A-Za-z0-9_])")


def _mean(candidate: Candidate) -> float:
    assert candidate.mean is not None  # the pool holds complete candidates
    return signed(candidate.key, candidate.mean)


def _value(candidate: Candidate, dimension: Dimension) -> float:
    try:
        return float(candidate.settings[dimension.name])
    except (KeyError, ValueError):
        raise Unmet(f"{dimension.name} as a number in {candidate.run.name!r}", dict(candidate.settings)) from None


def _same_setting(logged: str | None, value: object) -> bool:
    if logged is None:
        return False
    if same_value(logged, value):
        return True
    try:
        return not isinstance(value, bool) and math.isclose(float(logged), float(str(value)), rel_tol=CLOSE_SETTING)
    except ValueError:
        return False
