"""What a metric's name means: `rmse_test`, `test/root_mean_squared_error` and `test_rmse` are one metric."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

SPLITS = {
    "train": "train",
    "training": "train",
    "cv": "cv",
    "crossval": "cv",
    "cross": "cv",
    "val": "cv",
    "valid": "cv",
    "validation": "cv",
    "test": "test",
    "testing": "test",
    "holdout": "test",
}
STATISTICS = {"mean": "mean", "avg": "mean", "average": "mean", "std": "std", "sd": "std", "stdev": "std"}
NOISE = frozenset({"score", "at", "threshold", "thr", "points", "point", "pts", "pt", "metric", "fold", "on", "set"})
BEFORE_THRESHOLD = frozenset({"at", "threshold", "thr", "within"})  # cost_per_1000_patients has no threshold
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")  # testRMSE
# Words in whose company "mean" is a part of the name: root_mean_squared_error, mean_absolute_error.
ERROR_WORDS = frozenset({"squared", "absolute", "percentage"})
HELD_OUT = re.compile(r"^(mean|std|rank|split\d+)_test_")  # GridSearchCV calls the rows that a fold holds out so
LOWER_IS_BETTER = ("rmse", "mse", "mae", "error", "loss", "cost", "false", "time", "latency")


@dataclass(frozen=True)
class MetricName:
    """The parts of a metric's name; `split` is None when the name has none, which is read as the test split."""

    base: str  # "rmse", "share_within"
    split: str | None = None  # train cv test
    statistic: str | None = None  # mean std
    threshold: float | None = None  # the number in share_within_50_points, recall_at_0.3


@lru_cache(maxsize=4096)
def parse(name: str) -> MetricName:
    """The meaning of a metric's name, whatever the order of its parts and the signs between them."""
    split = statistic = threshold = None
    base = []
    tokens = re.findall(r"\d+\.\d+|[a-z]+\d*|\d+", CAMEL.sub("_", name).lower())
    for before, token, following in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if token in SPLITS and split in (None, SPLITS[token]):  # cross_validation says it twice
            split = SPLITS[token]
        elif token in STATISTICS and following not in ERROR_WORDS:
            statistic = STATISTICS[token]
        elif token[0].isdigit() and ("." in token or before in BEFORE_THRESHOLD):
            threshold = float(token)
        elif token not in NOISE:
            base.append(token)
    return MetricName("_".join(base), split, statistic, threshold)


def of_test_rows(names: Iterable[str], is_curve: Callable[[str], bool] = lambda _: False) -> dict[str, MetricName]:
    """The names that speak of the test rows, each one value: those called so, and those that name no split.

    A name without a split is left out when it is a curve, or when the same metric is called a test metric too.
    """
    parsed = {name: meaning for name in names if (meaning := parse(name)).statistic is None}
    called = {(meaning.base, meaning.threshold) for meaning in parsed.values() if meaning.split == "test"}
    return {
        name: meaning
        for name, meaning in parsed.items()
        if meaning.split == "test"
        or (meaning.split is None and (meaning.base, meaning.threshold) not in called and not is_curve(name))
    }


def is_of_test_rows(name: str) -> bool:
    """Whether a metric's name says that it is of the test rows; GridSearchCV's mean_test_score is of folds."""
    return parse(name).split == "test" and not HELD_OUT.match(name)


def higher_is_better(key: str) -> bool:
    """Whether a larger value of this metric is the better one, by its name."""
    return not any(word in parse(key).base for word in LOWER_IS_BETTER)
