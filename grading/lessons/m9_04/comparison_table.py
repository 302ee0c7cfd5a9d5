"""The table of a comparison: every family with its newest run, and only values of the store."""

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.evidence.tables import NEWEST, Table, plain
from grading.lessons.m9_04.families import bound_of


def judge_comparison(evidence: Evidence, table: Table, runs: list[Run]) -> str:
    """What the table lists, in words; raises Unmet unless it has all of `runs`, and only values of the store."""
    # Of a cell that was run again, the table may have the older runs too: their values are in the store as well.
    older = [
        run for run in evidence.runs_ever if (run.experiment.id, run.name) in {(r.experiment.id, r.name) for r in runs}
    ]
    listed = table.runs([*older, *runs])
    newest = {(run.experiment.id, run.name): run for run in runs}  # of a family that was run again, in a later cell
    if missing := [run.name for run in newest.values() if run.id not in {each.id for each in listed}]:
        hint = NEWEST if set(missing) <= {run.name for run in listed} else "mlflow.search_runs(...)"
        raise Unmet(f"all families in {table.name}, each with its newest run", f"without {missing}", hint)
    compared = set()
    for column in table.columns:
        key = next((key for run in listed for key in run.metrics if plain(key) == plain(column)), None)
        if key is None:
            continue
        for run, value in zip(listed, table.numbers(column), strict=True):
            logged = run.metrics.get(key)
            if logged is None or abs(value - logged) > 1e-6 * max(1, abs(logged)) + rounding(value):
                shown = "nothing" if logged is None else f"{logged:.6g}"
                raise Unmet(f"{key} = {shown} of {run.name!r}, as in the store", f"{value:.6g}", "do not edit values")
        compared.add("mean" if parse(key).statistic == "mean" else (bound_of(key) or ("other",))[0])
    if lacking := [each for each in ("mean", "low", "high") if each not in compared]:
        raise Unmet(f"columns with the mean, low and high of each family in {table.name}", f"no {lacking}")
    return f"{len(listed)} families in {table.name}"


def rounding(value: float) -> float:
    """Half of the last of four decimals, when no more are written."""
    return 0.00005 if round(value, 4) == value else 0.0
