from collections.abc import Callable

import mlflow
import numpy as np
import pandas as pd
import pytest

from grading.errors import Outcome
from grading.evidence.evidence import Evidence
from grading.evidence.tables import find_table
from grading.lessons.m9_04.groups import judge_groups

Read = Callable[[], Evidence]
SEX = np.array(["f", "m", "m", "f", "m"] * 8)
TRUE = np.arange(40.0) * 3 + 0.5
OFF = np.where(SEX == "f", 1.0, 2.0)
WOMEN, MEN = "f,16,1.0", "m,24,2.0"


def judge(evidence: Read, *rows: str, heading: str = "sex,n,mae") -> str:
    predictions = pd.DataFrame({"row": range(40), "y_true": TRUE, "y_pred": TRUE + OFF, "sex": SEX})
    with mlflow.start_run(run_name="final"):
        mlflow.log_text(predictions.to_csv(index=False), "predictions.csv")
        mlflow.log_text("\n".join([heading, *rows]), "groups.csv")
    found = evidence()
    return judge_groups(found, find_table(found, ("group",), "groups.csv"), found.main_runs)


def test_groups_follow_from_the_predictions(evidence: Read) -> None:
    assert judge(evidence, WOMEN, MEN) == "2 groups by sex, 40 rows in all"


def test_groups_may_have_other_names_and_a_line_of_all(evidence: Read) -> None:
    assert judge(evidence, "women,16,1.0", "men,24,2.0", "all,40,1.6") == "2 groups by sex, 40 rows in all"


def test_groups_may_name_their_run(evidence: Read) -> None:
    assert judge(evidence, "final,16,1.0", "final,24,2.0", heading="run,n,mae").startswith("2 groups")


@pytest.mark.parametrize(
    "rows",
    [
        ("f,16,1.0", "m,20,2.0"),
        ("f,16,1.6", "m,24,1.6"),
        ("f,20,1.0", "m,20,2.0"),
        ("f,16,1.0",),
        ("all,40,1.6",),
        ("f,16,", "m,24,2.0"),
        ("f,many,1.0", "m,24,2.0"),
        ("f,16,1.0", "m,24,2.0", "x,0,1.0"),
    ],
)
def test_groups_that_leave_out_or_lie_are_unmet(evidence: Read, rows: tuple[str, ...]) -> None:
    with pytest.raises(Outcome):
        judge(evidence, *rows)


def test_groups_without_a_metric_are_unmet(evidence: Read) -> None:
    with pytest.raises(Outcome, match="a metric of each group"):
        judge(evidence, "f,16", "m,24", heading="sex,n")
