"""A search space as evidence: settings with their ranges, scales or choices, read from JSON."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.errors import Unmet
from grading.evidence.comparison import same_value

LONGEST_SPACE = 200_000  # bytes; a space is a page
MOST_DIMENSIONS = 200
SHOWN = '{"alpha": {"type": "float", "low": 0.01, "high": 100, "log": true}, ...}'
LOW, HIGH, CHOICES = ("low", "min", "lower", "start"), ("high", "max", "upper", "stop", "end"), (
    "choices", "values", "options", "categories",
)  # fmt: skip
RANGE = ("range", "bounds", "interval")
KIND = ("type", "kind", "dtype", "name", "distribution", "dist")
SCALE = ("log", "scale", "distribution", "dist", "type", "prior", "sampling", "log_scale", "name")
CONDITION = frozenset({"when", "if", "condition", "only_if"})  # a setting that not every candidate has
LOG_WORD = re.compile(r"(?<![a-z_])log(10|2|e|arithmic|[_-]?uniform|[_-]?scale)?(?![a-z_])")
EDGE = 1e-9  # relative: a value printed and read again


@dataclass(frozen=True)
class Dimension:
    """One setting that is searched: a range with its scale, or choices."""

    name: str
    low: float = math.nan
    high: float = math.nan
    log: bool = False
    choices: tuple[Any, ...] = ()
    whole: bool = False  # only whole numbers
    conditional: bool = False

    @property
    def last(self) -> str:
        """The name without its step: alpha of elasticnet__alpha."""
        return self.name.rpartition("__")[2]

    @property
    def is_known(self) -> bool:
        """Whether there is a range or choices, and not only a name."""
        return bool(self.choices) or not math.isnan(self.low)

    def holds(self, text: str) -> bool:
        """Whether a logged value lies inside."""
        if self.choices:
            return any(same_value(text, choice) or _same_json(text, choice) for choice in self.choices)
        try:
            value = float(text)
        except ValueError:
            return False
        slack = EDGE * max(abs(self.low), abs(self.high))
        return self.low - slack <= value <= self.high + slack and (not self.whole or value == int(value))

    def __str__(self) -> str:
        if self.choices:
            return f"{self.name} one of {', '.join(map(str, self.choices[:8]))}"
        return f"{self.name} from {self.low:g} to {self.high:g}"


def read_space(file: Path) -> tuple[Dimension, ...]:
    """The dimensions of a search space file; raises Unmet for a file or a dimension that cannot be understood.

    Accepted: an object of dimensions by name, or a list of objects that each have a `name`; under a key such as
    `space` too. A dimension is an object with bounds (`low` and `high`, `min` and `max`, `range`) or `choices`, a list
    of choices, or what Optuna's `distribution_to_json` writes. A log scale is `"log": true`, `"scale": "log"`, or a
    distribution named so (`loguniform`).
    """
    if file.stat().st_size > LONGEST_SPACE:
        raise Unmet(
            "a search space of at most 200 kB", f"{file.stat().st_size:,} bytes", "log the ranges, not the draws"
        )
    try:
        content = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unmet(f"{file.name} as JSON", reason, 'mlflow.log_text(json.dumps(space), "search_space.json")') from None
    entries = _entries(content)
    if not entries or len(entries) > MOST_DIMENSIONS:
        raise Unmet(f"settings with their ranges, such as {SHOWN}", content, "one entry for each setting")
    return tuple(_dimension(name, about) for name, about in entries.items())


def _entries(content: Any) -> dict[str, Any]:
    if isinstance(content, dict) and len(content) <= 4:  # {"space": {...}, "seed": 42}
        for key in ("space", "search_space", "dimensions", "parameters", "params"):
            inner = content.get(key)
            if isinstance(inner, (dict, list)) and not _is_dimension(inner):
                return _entries(inner)
    if isinstance(content, dict):
        return {str(name): about for name, about in content.items()}
    if isinstance(content, list) and all(isinstance(each, dict) for each in content):
        named = {}
        for each in content:
            name = next(
                (each[key] for key in ("name", "parameter", "param", "key") if isinstance(each.get(key), str)), ""
            )
            named[name] = {key: value for key, value in each.items() if value != name}
        return named if "" not in named else {}
    return {}


def _is_dimension(about: Any) -> bool:
    return isinstance(about, dict) and any(key in about for key in (*LOW, *CHOICES, *RANGE, "attributes"))


def _dimension(name: str, about: Any) -> Dimension:
    if isinstance(about, str):  # Optuna's distribution_to_json
        try:
            about = json.loads(about)
        except (ValueError, RecursionError):
            about = None
    if isinstance(about, list):
        about = {"choices": about}
    if not isinstance(about, dict):
        raise Unmet(f"a range or choices for {name!r}", about, f"such as {SHOWN}")
    about = {str(key).lower(): value for key, value in about.items()}
    words = " ".join(str(about.get(key, "")) for key in KIND).lower()
    scale = " ".join(str(about[key]) for key in SCALE if key in about).lower()
    inner = about.get("attributes")
    if isinstance(inner, dict):
        about = {**about, **{str(key).lower(): value for key, value in inner.items()}}
    log = str(about.get("log", about.get("log_scale", ""))).lower() == "true" or LOG_WORD.search(scale) is not None
    conditional = bool(CONDITION & about.keys())
    choices = _first(about, CHOICES)
    if isinstance(choices, list):
        if not choices:
            raise Unmet(f"choices for {name!r}", "an empty list", "name at least two values")
        return Dimension(name, choices=tuple(choices), conditional=conditional)
    low, high = _bounds(about)
    if not (_number(low) and _number(high) and low < high):
        raise Unmet(f"`low` below `high`, or `choices`, for {name!r}", _short(about), f"such as {SHOWN}")
    return Dimension(name, float(low), float(high), log, whole="int" in words, conditional=conditional)


def _bounds(about: Mapping[str, Any]) -> tuple[Any, Any]:
    pair = _first(about, RANGE)
    if isinstance(pair, list) and len(pair) == 2:
        return pair[0], pair[1]
    return _first(about, LOW), _first(about, HIGH)


def _first(about: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((about[name] for name in names if name in about), None)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300 and value == value


def _short(about: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in list(about.items())[:6])[:200]


def _same_json(text: str, choice: Any) -> bool:
    return isinstance(choice, (list, dict)) and text in (json.dumps(choice), str(tuple(choice)))
