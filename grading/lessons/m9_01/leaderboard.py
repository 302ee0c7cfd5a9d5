"""A leaderboard as evidence: its runs, values and order are the store's."""

from collections.abc import Sequence

import pandas as pd

from grading.errors import Unmet
from grading.evidence.comparison import equal, same_value
from grading.evidence.contract import known_metrics
from grading.evidence.metric_name import higher_is_better, parse
from grading.evidence.store import Run


def judge_leaderboard(table: pd.DataFrame, owner: Run, runs: Sequence[Run]) -> tuple[int, str]:
    """How many runs the table ranks, and by which metric; raises Unmet when it is not what the runs give.

    Rows name a run by its id or name. The rank is by the first metric column that is in order; a better run that is
    not listed is a mistake, a worse one is not: a leaderboard may stop. Nor is one of another kind: without a tag that
    all listed runs share, or without nested runs where all have them. `owner` logged it: later runs are not missed.
    """
    ranked = _ranked_runs(table, runs)
    known = [run for run in runs if owner.end_time is None or run.start_time <= owner.end_time]
    columns = {str(name).removeprefix("metrics."): table[name] for name in table.columns}
    ranking = [key for key in columns if any(key in run.metrics for run in ranked) and parse(key).statistic != "std"]
    ranking = [key for key in ranking if parse(key).base in known_metrics()] or ranking
    if not ranking:
        raise Unmet("a column with a metric of the listed runs", list(table.columns), "keep metrics.<name>")
    problems = []
    for key in ranking:
        # What broke off has no such metric: search_runs puts it at the end.
        rows = [(text, run) for text, run in zip(columns[key], ranked, strict=True)
                if key in run.metrics or run.status == "FINISHED"]  # fmt: skip
        lacking = [run.name for _, run in rows if key not in run.metrics]
        try:
            if lacking:
                hint = f'filter_string="metrics.{key} > 0" keeps the runs that have it'
                raise Unmet(f"{key} in every row", f"{len(lacking)} rows without: {lacking[:4]}", hint)
            _require_order([text for text, _ in rows], [run for _, run in rows], key, known)
        except Unmet as problem:
            problems.append(problem)
        else:
            return len(rows), key
    raise problems[0]


def _ranked_runs(table: pd.DataFrame, runs: Sequence[Run]) -> list[Run]:
    for known in ({run.id: run for run in runs}, {run.name: run for run in runs}):
        for column in table.columns:
            named = [str(value) for value in table[column]]
            if not set(named) & known.keys():
                continue
            if unknown := [name for name in named if name not in known]:
                raise Unmet("only runs of your own experiments", unknown, "write the table from mlflow.search_runs")
            if len(named) < 2:
                raise Unmet("at least two runs in the leaderboard", named, "rank the runs you compare")
            return [known[name] for name in named]
    raise Unmet("a column run_id with runs of the store", list(table.columns), "keep run_id in the leaderboard")


def _require_order(shown: Sequence[object], ranked: list[Run], key: str, runs: Sequence[Run]) -> None:
    values = [run.metrics[key] for run in ranked]
    for run, value, text in zip(ranked, values, shown, strict=True):
        if not same_value(str(text), value) and not _close(text, value):
            raise Unmet(f"{key} = {value:.4f} for the run {run.name!r}", text, "do not edit the values")
    higher = higher_is_better(key)
    if values != sorted(values, reverse=higher):
        order = "falling" if higher else "rising"
        raise Unmet(f"{order} values of {key}, the best first", [f"{value:.4f}" for value in values], "order_by=[...]")
    parents = {each.parent_id for each in runs}
    listed, nested = {run.id for run in ranked}, any(run.parent_id for run in ranked)
    for run in runs:
        if key not in run.metrics or run.id in listed or run.status != "FINISHED" or (run.parent_id and not nested):
            continue
        if not _is_of_their_kind(run, ranked, parents):
            continue
        value = run.metrics[key]
        if value > values[-1] if higher else value < values[-1]:
            expected = f"the run {run.name!r} with {key} = {value:.4f}"
            hint = "list it too; or rank one kind of run, by a tag that all of them have: tags.stage = 'candidate'"
            raise Unmet(expected, "not listed", hint)


def _is_of_their_kind(run: Run, ranked: list[Run], parents: set[str | None]) -> bool:
    """Whether a run has what a person gave to all the listed ones: their common tags, and nested runs."""
    own = [{item for item in each.tags.items() if not item[0].startswith("mlflow.")} for each in ranked]
    return set.intersection(*own) <= set(run.tags.items()) and (
        run.id in parents or not all(each.id in parents for each in ranked)
    )


def _close(shown: object, value: float) -> bool:
    try:
        return equal(float(str(shown)), value)
    except ValueError:
        return False
