"""What is asked of a logged model, and what it said: values only; `running/reproduction.py` asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """Predict these rows of a data file with the model in a folder."""

    model: str  # folder
    data: str  # CSV file
    rows: tuple[Any, ...]
    inputs: tuple[str, ...]  # columns of the file; empty: all but row and label
    label: str
    seen: tuple[tuple[str, int, int], ...] = ()  # name, size and time of each file: when one changes, it asks anew


@dataclass(frozen=True)
class Reproduction:
    """What the model said, or why it could not be asked."""

    predictions: tuple[Any, ...] = ()
    scores: tuple[float, ...] = ()  # of the positive of two classes, of the likeliest of more; empty without
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


Reproducer = Callable[[Request], Reproduction]
