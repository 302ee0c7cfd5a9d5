"""The test rows that a search may not see: not by a metric of them, nor by a fold that has them."""

import re
from collections.abc import Collection, Iterable

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.lessons.m9_02.cv_splits import read_splits, split_tables
from grading.lessons.m9_02.final_model import searching_runs
from grading.lessons.m9_02.searches import Search

SKLEARN_OWN = re.compile(r"^(mean|std|rank|split\d+)_test_")  # GridSearchCV calls the rows held out so


def require_no_test_metric(evidence: Evidence, final: Run, found: Iterable[Search]) -> None:
    """Raise Unmet when a candidate, a fold or a search has a metric of the test rows."""
    for run in searching_runs(evidence, final, found):
        looked = [name for name in run.metrics if parse(name).split == "test" and not SKLEARN_OWN.match(name)]
        if looked:
            raise Unmet(f"no test metric in {run.name!r}", looked, "choose by the folds; test once, at the end")


def require_outside_splits(evidence: Evidence, rows: Collection[object]) -> None:
    """Raise Unmet when one of the test rows is in a table of splits, or when there is no such table."""
    tables = split_tables(evidence)
    if not tables:
        raise Unmet("the table of the splits, to see that no test row is in it", "none",
                    'mlflow.log_text(folds.to_csv(), "cv_splits.csv")')  # fmt: skip
    for file in set(tables.values()):
        known = {str(row) for row in read_splits(file)}
        seen = [row for row in rows if str(row) in known]
        if seen:
            raise Unmet(f"test rows that no fold of {file.name} has", f"{len(seen)} of {len(rows)} are in it",
                        "put the test rows aside before the first split")  # fmt: skip
