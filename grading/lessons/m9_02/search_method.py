"""What a search says of itself, its method and its budget, held against the candidates that it has."""

import math
import re

from grading.errors import Unmet
from grading.lessons.m9_02.candidates import Candidate, said
from grading.lessons.m9_02.searches import BUDGET_NAMES, METHOD_TAGS, Search

LEAST_CANDIDATES = 12
KNOWN_METHODS = re.compile(r"grid|random|sobol|halton|latin|lhs|qmc|uniform|manual|tpe|bayes|optuna", re.I)


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
    combine = is_grid(search.candidates)
    if ("grid" in search.method.lower()) != combine and count >= LEAST_CANDIDATES:
        shown = "every combination of a few values" if combine else "no grid: the values do not combine"
        raise Unmet(f"candidates that come from a {search.method} search", shown, "name what was done")
    return f"{search.method}, {count}"


def is_grid(candidates: tuple[Candidate, ...]) -> bool:
    """Whether the candidates are every combination of the values that each setting takes, and two or more vary."""
    settings = {tuple(sorted(candidate.settings.items())) for candidate in candidates}
    names = sorted({name for candidate in candidates for name in candidate.settings})
    levels = [len({candidate.settings.get(name) for candidate in candidates}) for name in names]
    return sum(level > 1 for level in levels) >= 2 and math.prod(levels) == len(settings)
