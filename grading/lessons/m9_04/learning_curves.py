"""The numbers behind the learning curves: a table of points, held against the histories that the store has."""

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.run_facts import better
from grading.evidence.store import Run
from grading.evidence.tables import Table, plain
from grading.lessons.m9_04.families import families

LEAST_STEPS, LEAST_CURVES = 3, 3
FOLDS = range(2, 11)  # how many folds a learning curve may have been cross-validated on


def judge_curves(evidence: Evidence, table: Table) -> str:
    """How many points of how many families the table has; raises Unmet for a point that the store has not."""
    runs = evidence.started_runs
    owners = table.runs(runs)
    size = table.required("step", "size", "patients", "train_size", "rows", "n")
    steps = table.numbers(size)
    column = table.required(
        "value", "score", "learning_curve_rmse", "rmse", "learning_curve", "mean", "error", "accuracy"
    )
    shown: dict[str, dict[int, list[float]]] = {}
    for run, step, value in zip(owners, steps, table.numbers(column), strict=True):
        shown.setdefault(run.id, {}).setdefault(int(step), []).append(value)
    for run in {owner.id: owner for owner in owners}.values():
        require_curve(evidence, run, shown[run.id])
    _require_unseen_test_rows(evidence, int(max(steps, default=0)), table.name, may_be_trees=plain(size) == "step")
    if len(shown) < LEAST_CURVES:
        raise Unmet(f"learning curves of {LEAST_CURVES} families in {table.name}", f"{len(shown)}")
    return f"{len(steps)} points of {len(shown)} families"


def _require_unseen_test_rows(evidence: Evidence, largest: int, name: str, *, may_be_trees: bool) -> None:
    """Raise Unmet when the largest size is that of more rows than there are for training: test rows are among them.

    A step may also count trees: then it must be a size that folds of the whole file have.
    """
    try:
        rows = families(evidence)[0].table["row"].nunique()
        whole = len(evidence.data.frame(evidence.data_file(evidence.main_run))) if may_be_trees else 0
    except Outcome:
        return  # another check says so, or nobody can tell
    of_folds = {size for count in FOLDS for size in (whole - whole // count, whole - -(-whole // count))} | {whole}
    if largest > rows and (not may_be_trees or largest in of_folds):
        raise Unmet(f"at most {rows} rows in training in {name}, as many as were cross-validated", largest,
                    "draw the curves on the training rows: nobody looks at the test rows here")  # fmt: skip


def require_curve(evidence: Evidence, run: Run, shown: dict[int, list[float]]) -> None:
    """Raise Unmet unless the points are one metric's history in this run, each step's newest value among them."""
    if len(shown) < LEAST_STEPS:
        raise Unmet(f"{LEAST_STEPS} steps or more of {run.name!r}", f"{len(shown)}", "train_sizes=[0.25, 0.5, 1.0]")
    near = ""
    for name in sorted(run.metrics, key=lambda name: "curve" not in name):
        history = evidence.curve(run, name)
        if history.keys() == shown.keys() and len(history) > 1:
            wrong = [step for step in history if not any(equal(value, history[step]) for value in shown[step])]
            if not wrong:
                least = min(value for values in shown.values() for value in values)
                if better(name) == "lower" and least < 0:
                    hint = "scikit-learn's neg_… scores are minus the error: change the sign, and show each step once"
                    raise Unmet(f"{name} of 0 or more in {run.name!r}, as an error is", f"{least:.4f}", hint)
                return
            near = near or f"{name} = {history[wrong[0]]:.4f} at step {wrong[0]} of {run.name!r}"
    found = "other values" if near else "no metric with these steps"
    raise Unmet(near or f"a metric of {run.name!r} with the steps {sorted(shown)}", found, "read them from the store")
