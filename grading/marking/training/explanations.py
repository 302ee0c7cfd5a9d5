"""Other ways in which a logged model may have been trained, each with the sentence that a student reads."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from grading.errors import Outcome
from grading.evidence.data_files import DATA, LABELS
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run
from grading.marking.training.splits import Rows, classes_of, halves, likely, logged_parts, others, seeds_of

MOST_VALUES = 24  # of other parameters that are tried
MOST_SPLITS = 12  # ways to have split the file


@dataclass(frozen=True)
class Explanation:
    """One other way: what to fit, and what is wrong if it gives the logged model."""

    fault: Literal["rows", "parameters", "data"]
    rows: Rows
    expected: str
    found: str
    hint: str
    settings: tuple[tuple[str, Any], ...] = ()
    data: str = ""
    leaks: bool = False  # the test rows were learned from


def explanations(
    evidence: Evidence, run: Run, frame: pd.DataFrame, label: str, tested: Rows, orders: list[Rows]
) -> Iterator[Explanation]:
    """The likeliest first. `orders`: the rows that were not tested, in the orders that are likely."""
    file = evidence.data_file(run)
    every = tuple(frame.index.tolist())
    apart = f"a model that learned from rows of {file.name} that are not tested"
    refit = "fit the model on all training rows, then log it"
    yield Explanation(
        "rows", every, f"test rows that the model did not learn from, {len(tested)} of them,",
        f"trained on all {len(every)} rows of {file.name}, test rows included, a model predicts just the same",
        "fit on the training rows only: a model that has seen the answers is not tested", leaks=True,
    )  # fmt: skip
    yield from _other_settings(evidence, run, orders[0])
    yield from _other_files(evidence, run, file.name, tested)
    yield from _other_halves(run, frame, label, tested, file.name, orders[0])
    for name, rows in _folds(evidence, run, frame, label, orders):
        found = f"trained on the {len(rows)} rows of {name} alone, a model predicts just the same"
        yield Explanation("rows", rows, f"a model fitted on all {len(orders[0])} training rows", found, refit)
    found = f"trained on the {len(tested)} test rows alone, a model predicts just the same"
    yield Explanation("rows", tested, apart, found, refit, leaks=True)


def _other_settings(evidence: Evidence, run: Run, rest: Rows) -> Iterator[Explanation]:
    try:
        actual, own = evidence.hyperparameters(run), evidence.model(run).defaults() or {}
    except Outcome:
        return
    count = 0
    for name, value in actual.items():
        last = name.rpartition("__")[2]
        if last in ("random_state", "n_jobs", "verbose", "copy", "copy_X"):
            continue
        texts = {other.params[key] for other in evidence.runs for key in (name, last) if key in other.params}
        for other in dict.fromkeys([own.get(name), *map(read_value, sorted(texts))]):
            if other is None or other == value or type(other) is bool or count >= MOST_VALUES:
                continue
            count += 1
            found = f"trained with {last} = {value!r} a model predicts otherwise, with {last} = {other!r} just the same"
            hint = "fit the model after its parameters are set, then log both"
            expected = f"a model that was trained with {last} = {value!r}"
            yield Explanation("parameters", rest, expected, found, hint, ((name, other),))


def read_value(text: str) -> Any:
    """A logged parameter as the value it was: 1.0 for '1.0', None for 'None'; a text stays one."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return text
    return value if isinstance(value, (int, float, bool, type(None))) else text


def _other_files(evidence: Evidence, run: Run, name: str, tested: Rows) -> Iterator[Explanation]:
    beginning = next((each for each in LABELS if name.startswith(each)), None)
    own, out, inputs = evidence.data_file(run), set(tested), evidence.model(run).inputs
    for file in sorted(DATA.glob(f"{beginning}*.csv")) if beginning else ():
        if evidence.data.sha256(file) == evidence.data.sha256(own):
            continue
        frame = evidence.data.frame(file)
        if not set(inputs) <= set(frame.columns):
            continue
        index = frame.index.tolist()
        found = f"it predicts otherwise when it is trained on {own.name}, and just the same on {file.name}"
        hint = "record the file that the model learned from: its dataset input and its sha256"
        orders = [tuple(row for row in index if row not in out)]
        orders += [learn for learn, test in halves(index, None, seeds_of(run), [len(out)]) if set(test) == out][:1]
        for rows in orders:
            yield Explanation("data", rows, f"a model that learned from {own.name}, as recorded,", found, hint,
                              data=str(file))  # fmt: skip


def _other_halves(
    run: Run, frame: pd.DataFrame, label: str, tested: Rows, name: str, rest: Rows
) -> Iterator[Explanation]:
    """Splits of the file whose test rows are more than those that were kept in predictions.csv."""
    out, count = set(tested), 0
    for learn, test in halves(frame.index.tolist(), classes_of(frame[label]), seeds_of(run)):
        if out < set(test) and count < MOST_SPLITS:
            count += 1
            missing = len(test) - len(tested)
            yield Explanation(
                "rows", learn, f"every row of {name} in training or in predictions.csv,",
                f"{missing} rows are in neither: the model learned from {len(learn)} of the {len(rest)} other rows",
                f"keep all {len(test)} test rows in predictions.csv, and compute the test metrics from them",
            )  # fmt: skip


def _folds(
    evidence: Evidence, run: Run, frame: pd.DataFrame, label: str, orders: list[Rows]
) -> Iterator[tuple[str, Rows]]:
    seeds = seeds_of(run)
    for rows in orders:
        yield from logged_parts(evidence, rows)
        for way in likely(rows, frame[label], seeds):
            for number, (learn, _) in enumerate(way.parts):
                yield f"fold {number} of {way.name}", learn
        for way in others(rows, frame[label], seeds[:1], ()):
            yield f"the last fold of {way.name}", way.parts[-1][0]
            yield f"the first fold of {way.name}", way.parts[0][0]
