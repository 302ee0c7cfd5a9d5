"""Results by group: a table's counts and metrics, derived again from the predictions and the data file."""

from collections.abc import Iterator

import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence.claims import derive
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.predictions import REQUIRED
from grading.evidence.run_facts import key_of
from grading.evidence.store import Run
from grading.evidence.tables import Table, plain

COUNT_NAMES = ("n", "rows", "count", "patients", "support", "size", "samples")
RUN_NAMES = ("run_id", "run", "run_name", "name", "model", "family")
LEAST_GROUPS, MOST_GROUPS = 2, 30


def judge_groups(evidence: Evidence, table: Table, runs: tuple[Run, ...]) -> str:
    """What the groups are; raises Unmet unless counts and metrics of each are those of the run's predictions.

    `runs`: those that the table may be about. It names them in a column; without one, it is about the run that
    logged it, or else about any of them.
    """
    column = table.column(*RUN_NAMES)
    if column is not None and set(table.texts(column)) & {name for run in runs for name in (run.id, run.name)}:
        owners = table.runs(runs, column)
        told = []
        for named in {owner.id: owner for owner in owners}.values():
            chosen = [place for place, owner in enumerate(owners) if owner.id == named.id]
            told.append(_judge(evidence, _only(table, chosen), named))
        return told[0]
    problem: Outcome = Unmet("a run that the groups are of", table.columns, "add a column run_id")
    for run in [run for run in runs if run.id == table.owner.id] or reversed(runs):
        try:
            return _judge(evidence, table, run)
        except Outcome as outcome:
            problem = outcome
    raise problem


def _judge(evidence: Evidence, table: Table, run: Run) -> str:
    predictions = evidence.predictions(run)
    counter = table.required(*COUNT_NAMES)
    counts = table.numbers(counter)
    metrics = {name: key for name in table.columns if (key := _derivable(name, predictions)) and name != counter}
    if not metrics:
        raise Unmet(f"a metric of each group in {table.name}", table.columns, "a column such as rmse or accuracy")
    values = {name: table.numbers(name) for name in metrics}
    rows = list(zip(counts, *values.values(), strict=True))
    if sum(counts) == 2 * len(predictions) and len(rows) > LEAST_GROUPS:
        rows = [row for row in rows if row[0] != len(predictions)]  # a line of all rows, beside those of the groups
    if sum(row[0] for row in rows) != len(predictions) or len(rows) < LEAST_GROUPS:
        raise Unmet(
            f"groups that add up to the {len(predictions)} rows of {run.name!r}",
            f"{len(rows)} groups of {sum(row[0] for row in rows):g} rows",
            "every row of predictions.csv belongs to one group",
        )
    problem = None
    for name, labels in _groupings(evidence, run, predictions, table):
        parts = [part for _, part in predictions.groupby(labels.to_numpy(), dropna=False)]
        wrong = _difference(rows, parts, list(metrics.items()), run)
        if wrong is None:
            return f"{len(parts)} groups by {name}, {len(predictions)} rows in all"
        problem = problem or wrong
    raise problem or Unmet(
        "groups by a column of the data file or of predictions.csv", table.columns, "name the column as it is there"
    )


def _difference(
    rows: list[tuple[float, ...]], parts: list[pd.DataFrame], metrics: list[tuple[str, str]], run: Run
) -> Unmet | None:
    """What is wrong with the rows as a statement about these parts, whatever the groups are called."""
    left = list(rows)
    for part in parts:
        right = [_values(key, part, run) for _, key in metrics]
        same = [row for row in left if row[0] == len(part)]
        match = next((row for row in same if all(map(_one_of, row[1:], right))), None)
        if match is None:
            if not same:
                return Unmet(f"a group of {len(part)} rows", [f"{row[0]:g}" for row in rows], "count predictions.csv")
            name, shown = metrics[0][0], f"{right[0][0]:.4f}" if right[0] else "a metric that is defined"
            hint = "from the predictions of that group alone"
            return Unmet(f"{name} = {shown} in the group of {len(part)} rows", [f"{row[1]:.4f}" for row in same], hint)
        left.remove(match)
    return None if not left else Unmet(f"{len(parts)} groups", f"{len(rows)}", "a line a group")


def _one_of(value: float, right: list[float]) -> bool:
    return any(equal(value, each) for each in right)


def _values(key: str, part: pd.DataFrame, run: Run) -> list[float]:
    try:
        return derive(key, part, params=run.params) or []
    except Outcome:
        return []


def _derivable(name: str, predictions: pd.DataFrame) -> str | None:
    """The key of a metric that predictions can give, by a column's name."""
    try:
        return key_of(name) if derive(key_of(name), predictions) else None
    except Outcome:
        return None


def _groupings(
    evidence: Evidence, run: Run, predictions: pd.DataFrame, table: Table
) -> Iterator[tuple[str, pd.Series]]:
    """The columns that may tell the groups apart: those that the table names first."""
    found: dict[str, pd.Series] = {str(n): predictions[n] for n in predictions if n not in (*REQUIRED, "y_score")}
    try:
        frame = evidence.data.frame(evidence.data.find(evidence.dataset(run).location))
        rows = frame.loc[predictions["row"].tolist()]
        found |= {str(name): rows[name] for name in rows}
    except (Outcome, KeyError):
        pass
    named = {plain(name) for name in table.columns}
    fitting = {name: labels for name, labels in found.items() if LEAST_GROUPS <= labels.nunique() <= MOST_GROUPS}
    yield from sorted(fitting.items(), key=lambda item: plain(item[0]) not in named)


def _only(table: Table, places: list[int]) -> Table:
    return Table(table.owner, table.name, table.frame.iloc[places].reset_index(drop=True))
