import json
from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.practices import Practice, find_practices, require_different, require_shown, run_of

Read = Callable[[], Evidence]
HABITS = ("Log the seed", "Plan first", "Same splits", "Keep predictions", "Name baselines", "Correct p-values")
LISTED = [{"practice": habit, "run_id": "a run", "shown_by": "params.seed"} for habit in HABITS]


def log_list(text: str, name: str = "best_practices.json") -> None:
    with mlflow.start_run(run_name="a run", tags={"stage": "final"}):
        mlflow.log_params({"seed": 1})
        mlflow.log_metric("rmse", 2)
        mlflow.log_text(text, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("best_practices.json", json.dumps(LISTED)),
        ("practices.json", json.dumps({"practices": LISTED})),
        ("best-practices.csv", "practice,run,evidence\n" + "".join(f"{habit},a run,seed\n" for habit in HABITS)),
        ("best_practices.md", "|Practice|Run|Shown by|\n|---|---|---|\n" + "|%s|`a run`|seed|\n" * 6 % HABITS),
        ("best_practices.json", json.dumps({"columns": ["practice", "run_id", "shown_by"],
                                            "data": [[habit, "a run", "seed"] for habit in HABITS]})),
    ],
)  # fmt: skip
def test_a_list_is_read_from_json_csv_and_markdown(evidence: Read, name: str, text: str) -> None:
    log_list(text, name)
    found = find_practices(evidence())
    assert len(found) == 6
    require_shown(found[0], run_of(found[0], evidence()))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, "[1, 2]", "null", '{"practices": 5}', json.dumps(LISTED[:5])]
)
def test_a_list_that_is_none_is_unmet_and_no_crash(evidence: Read, text: str) -> None:
    log_list(text)
    with pytest.raises(Unmet):
        find_practices(evidence())


@pytest.mark.parametrize("names", ["Practice {}", "{}. best practice", "todo {}", "Log the seed"])
def test_practices_that_say_nothing_or_the_same_are_unmet(evidence: Read, names: str) -> None:
    log_list(json.dumps([each | {"practice": names.format(place)} for place, each in enumerate(LISTED)]))
    with pytest.raises(Unmet, match="practices in"):
        find_practices(evidence())


@pytest.mark.parametrize(
    ("shown_by", "is_shown"),
    [("params.seed", True), ("param: seed", True), ("seed", True), ("seed = 1", True), ("metrics.rmse", True),
     ("tags.stage", True), ("best_practices.json", True), ("files.best_practices.json", True), ("rmse, stage", True),
     ("params.rmse", False), ("predictions.csv", False), ("model", False), ("datasets", False), ("", False)],
)  # fmt: skip
def test_a_practice_is_shown_by_what_the_run_has(evidence: Read, shown_by: str, is_shown: bool) -> None:
    log_list(json.dumps(LISTED))
    practice = Practice("Log the seed", "a run", shown_by)
    run = run_of(practice, evidence())
    if is_shown:
        require_shown(practice, run)
    else:
        with pytest.raises(Unmet, match="to show 'Log the seed'"):
            require_shown(practice, run)


def test_a_practice_of_no_run_is_unmet(evidence: Read) -> None:
    log_list(json.dumps(LISTED))
    with pytest.raises(Unmet, match="a run of yours"):
        run_of(Practice("Log the seed", "0" * 32, "seed"), evidence())


def test_practices_shown_by_the_same_thing_are_named(evidence: Read) -> None:
    log_list(json.dumps(LISTED))
    with pytest.raises(Unmet, match=r"'Plan first' and 'Log the seed': params\.seed"):
        require_different(find_practices(evidence()))


def test_of_a_tag_that_is_not_there_the_tags_that_are_are_shown(evidence: Read) -> None:
    log_list(json.dumps(LISTED))
    practice = Practice("Tag the code", "a run", "tags.git_commit")
    with pytest.raises(Unmet, match=r"tags\.stage"):
        require_shown(practice, run_of(practice, evidence()))
