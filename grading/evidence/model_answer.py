"""What is asked of a logged model, and what it said: values only; `running/reproduction.py` asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Settings = tuple[tuple[str, Any], ...]  # names and values of hyperparameters


@dataclass(frozen=True)
class Fit:
    """Train a clone of the model on some rows of a data file, and predict other rows with it."""

    learn: tuple[Any, ...]  # in this order: of a forest, and of folds inside of a model, it matters
    predict: tuple[Any, ...]  # of the request's data file
    settings: Settings = ()  # that the clone gets; other hyperparameters stay
    data: str = ""  # CSV file to learn from; empty: the request's


@dataclass(frozen=True)
class Request:
    """Predict these rows of a data file with the model in a folder; with `fits`, train it again, too."""

    model: str  # folder
    data: str  # CSV file
    rows: tuple[Any, ...]
    inputs: tuple[str, ...]  # columns of the file; empty: all but row and label
    label: str
    seen: tuple[tuple[str, int, int], ...] = ()  # name, size and time of each file: when one changes, it asks anew
    fits: tuple[Fit, ...] = ()
    seconds: float = 20.0  # of processor time for all fits together; those that are left have a problem

    @property
    def files(self) -> tuple[str, ...]:
        """What a process that answers must be able to read."""
        return (self.model, self.data, *sorted({fit.data for fit in self.fits if fit.data}))


@dataclass(frozen=True)
class Reproduction:
    """What the model said, or why it could not be asked; `fits`: what each of its clones said, in their order."""

    predictions: tuple[Any, ...] = ()
    scores: tuple[float, ...] = ()  # of the positive of two classes, of the likeliest of more; empty without
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)  # by input: coefficients or importances; empty without
    problem: str = ""
    fits: tuple["Reproduction", ...] = ()


Reproducer = Callable[[Request], Reproduction]
