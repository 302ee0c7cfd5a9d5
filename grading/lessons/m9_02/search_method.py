"""How a search says that it searched, and whether its candidates are of that kind: a grid, or drawn."""

import math
import re
from collections.abc import Collection, Iterable, Mapping

from grading.errors import Unmet
from grading.lessons.m9_02.candidates import said
from grading.lessons.m9_02.searches import LEAST_CANDIDATES, METHOD_TAGS, Search

KNOWN_METHODS = re.compile(r"grid|random|sobol|halton|latin|lhs|qmc|uniform|manual|tpe|bayes|optuna", re.I)
BUDGET_NAMES = ("n_candidates", "n_trials", "n_iter", "budget", "tuning_budget", "candidates", "max_trials", "trials")

Point = tuple[str | None, ...]  # a candidate's values, in the order of the settings' names


def require_method_and_budget(search: Search) -> str:
    """Both in words; raises Unmet unless the search names them, and both are true."""
    run, count = search.run, len(search.candidates)
    if not KNOWN_METHODS.search(search.method):
        raise Unmet(f"a tag `{METHOD_TAGS[0]}` on {run.name!r}, such as grid or random", search.method or "none",
                    'mlflow.start_run(tags={"tuning_method": "random"})')  # fmt: skip
    budget = said(run, BUDGET_NAMES)
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", budget):
        raise Unmet(f"a param `{BUDGET_NAMES[0]}` on {run.name!r}", budget or sorted(run.params) or "none",
                    "the number of candidates it was allowed")  # fmt: skip
    if int(float(budget)) != count:
        raise Unmet(f"{count} as the budget of {run.name!r}, as it has nested candidates", budget,
                    "log every candidate, and the number that was tried")  # fmt: skip
    points = _points([candidate.settings for candidate in search.candidates])
    says_grid = "grid" in search.method.lower()
    if count >= LEAST_CANDIDATES and (not may_be_grid(points) if says_grid else is_grid(points)):
        shown = "no grid: the values do not combine" if says_grid else "every combination of a few values"
        raise Unmet(f"candidates that come from a {search.method} search", shown, "name what was done")
    return f"{search.method}, {count}"


def is_grid(points: Collection[Point]) -> bool:
    """Whether the candidates are every combination of the values that each setting takes, and two or more vary."""
    return _is_product(points) and sum(level > 1 for level in map(len, _levels(points))) >= 2


def may_be_grid(points: Collection[Point]) -> bool:
    """Whether the candidates may come from a grid, or from several that were joined, with redundant rows left out.

    So it is when a setting is combined with all that there is of the others (of settings with one value only, the one
    that varies), or when the candidates of each value of some setting are a grid of their own.
    """
    places = [place for place, values in enumerate(_levels(points)) if len(values) > 1]
    return any(_is_crossed(points, place) or _is_joined(points, place) for place in places)


def _is_crossed(points: Collection[Point], place: int) -> bool:
    values = {point[place] for point in points}
    rest = {(*point[:place], *point[place + 1 :]) for point in points}
    return len(values) * len(rest) == len(points)


def _is_joined(points: Collection[Point], place: int) -> bool:
    parts = [{point for point in points if point[place] == value} for value in {point[place] for point in points}]
    return all(map(_is_product, parts)) and sum(len(part) > 1 for part in parts) > len(parts) / 2


def _is_product(points: Collection[Point]) -> bool:
    return math.prod(map(len, _levels(points))) == len(points)


def _levels(points: Iterable[Point]) -> list[set[str | None]]:
    """The values that each setting takes."""
    return [set(values) for values in zip(*points, strict=True)]


def _points(settings: Collection[Mapping[str, str]]) -> set[Point]:
    names = sorted({name for each in settings for name in each})
    return {tuple(each.get(name) for name in names) for each in settings}
