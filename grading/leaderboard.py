"""A leaderboard as evidence: its runs, values and order are the store's."""

from collections.abc import Sequence

import pandas as pd

from grading.comparison import equal, same_value
from grading.errors import Unmet
from grading.metric_name import parse
from grading.store import Run

LOWER_IS_BETTER = ("rmse", "mse", "mae", "error", "loss", "cost", "false", "time", "latency")


def judge_leaderboard(table: pd.DataFrame, owner: Run, runs: Sequence[Run]) -> tuple[int, str]:
    """How many runs the table ranks, and by which metric; raises Unmet when it is not what the runs give.

    Rows name a run by its id or name. The rank is by the first metric column that is in order; a better run that is
    not listed is a mistake, a worse one is not: a leaderboard may stop. `owner` logged it: later runs are not missed.
    """
    ranked = _ranked_runs(table, runs)
    known = [run for run in runs if owner.end_time is None or run.start_time <= owner.end_time]
    problems = []
    for name in table.columns:
        key = str(name).removeprefix("metrics.")
        if all(key in run.metrics for run in ranked):
            try:
                _require_order(table[name], ranked, key, known)
            except Unmet as problem:
                problems.append(problem)
            else:
                return len(ranked), key
    if problems:
        raise problems[0]
    raise Unmet("a column with a metric that every listed run has", list(table.columns), "keep metrics.<name>")


def higher_is_better(key: str) -> bool:
    """Whether a larger value of this metric is the better one, by its name."""
    return not any(word in parse(key).base for word in LOWER_IS_BETTER)


def _ranked_runs(table: pd.DataFrame, runs: Sequence[Run]) -> list[Run]:
    for known in ({run.id: run for run in runs}, {run.name: run for run in runs}):
        for column in table.columns:
            named = [str(value) for value in table[column]]
            if not set(named) & known.keys():
                continue
            if unknown := [name for name in named if name not in known]:
                raise Unmet("only runs that are in the store", unknown, "write the table from mlflow.search_runs")
            if len(named) < 2:
                raise Unmet("at least two runs in the leaderboard", named, "rank the runs you compare")
            return [known[name] for name in named]
    raise Unmet("a column run_id with runs of the store", list(table.columns), "keep run_id in the leaderboard")


def _require_order(shown: pd.Series, ranked: list[Run], key: str, runs: Sequence[Run]) -> None:
    values = [run.metrics[key] for run in ranked]
    for run, value, text in zip(ranked, values, shown, strict=True):
        if not same_value(str(text), value) and not _close(text, value):
            raise Unmet(f"{key} = {value:.4f} for the run {run.name!r}", text, "do not edit the values")
    higher = higher_is_better(key)
    if values != sorted(values, reverse=higher):
        order = "falling" if higher else "rising"
        raise Unmet(f"{order} values of {key}, the best first", [f"{value:.4f}" for value in values], "order_by=[...]")
    listed, nested = {run.id for run in ranked}, any(run.parent_id for run in ranked)
    for run in runs:
        if key not in run.metrics or run.id in listed or run.status != "FINISHED" or (run.parent_id and not nested):
            continue
        value = run.metrics[key]
        if value > values[-1] if higher else value < values[-1]:
            expected = f"the run {run.name!r} with {key} = {value:.4f}"
            raise Unmet(expected, "not listed", "search all the runs of the experiment")


def _close(shown: object, value: float) -> bool:
    try:
        return equal(float(str(shown)), value)
    except ValueError:
        return False
