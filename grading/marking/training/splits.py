"""The ways to split rows that students use: which rows a model may have learned from, and in which order."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn import model_selection as ms

from grading.errors import Outcome
from grading.evidence.data_files import read_table, row_column
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Settings
from grading.evidence.store import Run

SEEDS = (42, 0, 1)  # beside the run's own
SEED_NAMES = re.compile(r"seed|random_?state", re.I)
WHOLE = re.compile(r"\d{1,9}")
MOST_SEEDS = 4
TEST_SIZES = (None, 0.2, 0.3, 0.4, 0.1, 1 / 3)
MOST_TABLES = 5
TABLES = re.compile(r"split|fold|oof|held", re.I)

Rows = tuple[Any, ...]


@dataclass(frozen=True)
class Splitting:
    """One way to split rows several times: what is learned from and what is held out, each time."""

    name: str
    parts: tuple[tuple[Rows, Rows], ...]
    settings: Settings = ()  # of the model that is trained on them, where they differ


def seeds_of(run: Run) -> tuple[int, ...]:
    """The seeds that the run logged, of the split before those of the model, and those that people use."""
    named = {name: value.strip() for name, value in run.params.items() if SEED_NAMES.search(name)}
    own = [int(named[name]) for name in sorted(named, key=lambda name: "__" in name) if WHOLE.fullmatch(named[name])]
    return tuple(dict.fromkeys((*own[:MOST_SEEDS], *SEEDS)))


def halves(
    index: Sequence[Any], labels: pd.Series | None, seeds: Iterable[int], sizes: Iterable[float | None] = TEST_SIZES
) -> Iterator[tuple[Rows, Rows]]:
    """Training and test rows as `train_test_split` gives them, for these sizes; stratified, too, when there are labels.

    Sizes and seeds that cannot be are left out.
    """
    for seed in seeds:
        for size in sizes:
            for stratify in (None, labels) if labels is not None else (None,):
                try:
                    learn, test = ms.train_test_split(list(index), test_size=size, random_state=seed, stratify=stratify)
                except ValueError:
                    continue
                yield tuple(learn), tuple(test)


def orders_of_the_rest(frame: pd.DataFrame, label: str, tested: Iterable[Any], run: Run) -> list[Rows]:
    """The rows of the file that were not tested: in the order of the split that gives these test rows, and the file's.

    A forest's draws, and folds inside of a model, depend on the order.
    """
    out = set(tested)
    index = frame.index.tolist()
    rest = tuple(row for row in index if row not in out)
    ways = (*halves(index, classes_of(frame[label]), seeds_of(run), [len(out)]), *_cuts(index, len(out), seeds_of(run)))
    for learn, test in ways if rest and out else ():
        if set(test) == out:
            return [learn] if learn == rest else [learn, rest]
    return [rest]


def _cuts(index: Sequence[Any], count: int, seeds: Iterable[int]) -> Iterator[tuple[Rows, Rows]]:
    """Training and test rows of an index that was shuffled and cut: `frame.sample`, or a permutation by NumPy."""
    for seed in seeds:
        for mixed in (np.random.RandomState(seed).permutation, np.random.default_rng(seed).permutation):
            rows = tuple(index[place] for place in mixed(len(index)))
            yield rows[count:], rows[:count]
            yield rows[: len(rows) - count], rows[len(rows) - count :]


def classes_of(labels: pd.Series) -> pd.Series | None:
    """The labels when they are classes, by which one can stratify."""
    return labels if labels.nunique() <= max(2, len(labels) // 20) else None


def likely(rows: Rows, labels: pd.Series, seeds: Sequence[int], folds: int = 5) -> Iterator[Splitting]:
    """How most people cross-validate: `cv=5`, and five shuffled folds with one of the first two seeds.

    `folds`: two or more.
    """
    classes = classes_of(labels) is not None
    splitter, name = (ms.StratifiedKFold, "StratifiedKFold") if classes else (ms.KFold, "KFold")
    yield from _split(f"cv={folds}", splitter(folds), rows, labels)
    for seed in seeds[:2]:
        shuffled = splitter(folds, shuffle=True, random_state=seed)
        yield from _split(f"{name}({folds}, seed {seed})", shuffled, rows, labels)


def others(rows: Rows, labels: pd.Series, seeds: Sequence[int], folds: Iterable[int]) -> Iterator[Splitting]:
    """Rarer ways: other numbers of folds, other seeds, repeated folds, random halves."""
    classes = classes_of(labels) is not None
    counts = dict.fromkeys((*folds, 5, 10, 3, 4, 6, 8))
    for place, count in enumerate(counts):
        yield from _split(f"KFold({count})", ms.KFold(count), rows, labels)
        for seed in seeds if place < 1 else seeds[:1]:
            yield from _split(f"KFold({count}, seed {seed})", ms.KFold(count, shuffle=True, random_state=seed), rows,
                              labels)  # fmt: skip
            if classes:
                splitter = ms.StratifiedKFold(count, shuffle=True, random_state=seed)
                yield from _split(f"StratifiedKFold({count}, seed {seed})", splitter, rows, labels)
    repeated = ms.RepeatedStratifiedKFold if classes else ms.RepeatedKFold
    for seed in seeds[:1]:
        yield from _split(
            f"RepeatedKFold(seed {seed})", repeated(n_splits=5, n_repeats=3, random_state=seed), rows, labels
        )
        for count in (5, 10):
            splitter = ms.ShuffleSplit(count, test_size=0.2, random_state=seed)
            yield from _split(f"ShuffleSplit({count}, seed {seed})", splitter, rows, labels)


def at_random(rows: Rows, labels: pd.Series, folds: Iterable[int], draws: int) -> Iterator[Splitting]:
    """Shuffled folds by seeds that nobody uses: how much a score moves with the split."""
    for count in folds:
        for draw in range(draws):
            yield from _split(
                f"{count} folds at random", ms.KFold(count, shuffle=True, random_state=900_000 + draw), rows, labels
            )


def shuffled(rows: Rows, seed: int) -> Rows:
    """The rows in an order that nobody uses."""
    return tuple(random.Random(seed).sample(rows, len(rows)))


def _split(name: str, splitter: Any, rows: Rows, labels: pd.Series) -> Iterator[Splitting]:
    try:
        parts = [*splitter.split(np.zeros(len(rows)), labels.loc[list(rows)])]
    except ValueError:  # more folds than rows, a class with one row
        return
    yield Splitting(name, tuple((_take(rows, learn), _take(rows, held)) for learn, held in parts))


def _take(rows: Rows, places: Any) -> Rows:
    return tuple(rows[place] for place in places)


def logged_parts(evidence: Evidence, rows: Rows) -> Iterator[tuple[str, Rows]]:
    """What each fold learned from, by the tables of splits that the runs keep: name of table and fold, and rows."""
    known, seen = set(rows), 0
    for run in evidence.runs:
        for path in run.artifacts.paths():
            name = path.rpartition("/")[2]
            if not (name.lower().endswith(".csv") and TABLES.search(name)) or seen >= MOST_TABLES:
                continue
            try:
                table = read_table(run.artifacts.local(path))
            except Outcome:
                continue
            row = row_column(table)
            part = next((each for each in table.columns if str(each).lower() in ("fold", "split")), None)
            if row is None or part is None or table[part].nunique() > 100:
                continue
            seen += 1
            for number, held in table.groupby(part)[row]:
                out = set(held.tolist())
                if out < known:
                    yield f"fold {number} of {name}", tuple(each for each in rows if each not in out)
