import ast
import json
import re

import pytest

from grading.cohort.cell_shapes import code_cells, given_by, shapes_of
from grading.cohort.look_alikes import LookAlike, look_alikes
from grading.cohort.submissions import Found, Submission
from grading.files import NOTEBOOKS
from grading.lessons import LESSONS, find_lesson, solution_sources
from grading.tests.classroom import graded, submission

HONEST = """
mlflow.set_experiment("progression")
for strength in [1, 5]:
    with mlflow.start_run(run_name=f"lasso {strength}"):
        model = Lasso(alpha=strength).fit(diabetes_train[baseline], diabetes_train.progression)
        guess = model.predict(diabetes_test[baseline])
        mlflow.log_param("alpha", strength)
        mlflow.log_metrics({"test_rmse": rmse(diabetes_test.progression, guess), "test_mae": mae(guess)})
        if strength > 1:
            mlflow.set_tag("kind", "strong")
        table = pd.DataFrame({"row": diabetes_test.index, "y_pred": guess})
        table.to_csv("predictions.csv")
        mlflow.log_artifact("predictions.csv")
"""
OTHER = """
mlflow.set_experiment("clinic")
forest = RandomForestRegressor(50, random_state=SEED)
forest.fit(diabetes_train[baseline], diabetes_train["progression"])
said = forest.predict(diabetes_test[baseline])
with mlflow.start_run() as opened:
    mlflow.log_params(forest.get_params())
    errors = (diabetes_test["progression"] - said).abs()
    mlflow.log_metric("test_mae", errors.mean())
    mlflow.log_metric("test_rmse", (errors**2).mean() ** 0.5)
    mlflow.log_text(pd.Series(said).to_csv(), "predictions.csv")
    mlflow.log_dict({"worst": errors.max(), "best": errors.min()}, "range.json")
my_run = opened.info.run_id
"""


def _notebook(cells: dict[str, str], lesson: str = "M9_01") -> bytes:
    """The lesson as handed out, with these sources in cells of these ids; unknown ids become new cells."""
    node = json.loads((NOTEBOOKS / find_lesson(lesson).file_name).read_text("utf-8"))
    known = {cell["id"]: cell for cell in node["cells"]}
    for id, source in cells.items():
        if id in known:
            known[id]["source"] = source
        else:
            node["cells"].append({"cell_type": "code", "id": id, "source": source, "outputs": [], "metadata": {}})
    return json.dumps(node).encode()


def _class(**notebooks: bytes) -> Found:
    works = tuple(submission(student, notebook=notebook) for student, notebook in notebooks.items())
    return Found("flat", works, (), tuple(notebooks))


def _disguised(source: str, mark: str) -> str:
    """The same with other names, other texts, a comment, a docstring and other formatting."""
    tree = ast.parse(source)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in own:
            node.id = f"{mark}_{node.id}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            node.value = f"{mark} {node.value}"
    return f"# by {mark}\n\n{ast.unparse(tree)}  # done"


def test_cells_without_ids_are_named_by_number_and_first_line() -> None:
    cells = [{"cell_type": "markdown", "source": "# My work"}, {"cell_type": "code", "source": HONEST}]
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 4, "cells": cells}).encode()
    (alike,) = look_alikes(_class(ada=notebook, bo=notebook), [])
    assert alike.where == 'number 2 “mlflow.set_experiment("progression")” (to the letter)'


def _listed(found: Found) -> list[tuple[str, ...]]:
    return [alike.students for alike in look_alikes(found, [])]


def test_untouched_notebooks_are_not_listed() -> None:
    assert _listed(_class(ada=_notebook({}), bo=_notebook({}))) == []


def test_two_honest_solutions_are_not_listed() -> None:
    assert _listed(_class(ada=_notebook({"task2-work": HONEST}), bo=_notebook({"task2-work": OTHER}))) == []


def test_a_cell_of_the_lesson_that_everybody_copies_is_not_listed() -> None:
    learn = code_cells(_notebook({}))["task2-learn-metrics"]
    assert _listed(_class(ada=_notebook({"task2-work": learn}), bo=_notebook({"my-cell": learn}))) == []


def test_the_same_cell_under_other_names_texts_and_formatting_is_listed() -> None:
    notebooks = {name: _notebook({"task2-work": _disguised(HONEST, name)}) for name in ("ada", "bo")}
    assert _listed(_class(**notebooks, chen=_notebook({"task2-work": OTHER}))) == [("ada", "bo")]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_our_solution_handed_in_by_everybody_under_other_names_is_listed_and_named(lesson) -> None:  # type: ignore[no-untyped-def]
    works = []
    for name in ("ada", "bo", "chen"):
        cells = {id: _disguised(source, name) for id, source in solution_sources(lesson).items()}
        works.append(submission(name, lesson.id, _notebook(cells, lesson.id)))
    (alike,) = look_alikes(Found("flat", tuple(works), (), ()), [])
    assert (alike.students, alike.share) == (("ada", "bo", "chen"), 1.0)
    assert "as in our solution" in alike.where
    assert "to the letter" not in alike.where


def test_a_cell_moved_to_another_place_is_listed_and_said_to_be_the_same_to_the_letter() -> None:
    found = _class(ada=_notebook({"task2-work": HONEST}), bo=_notebook({"extra": HONEST.replace("  # ", "  #")}))
    (alike,) = look_alikes(found, [])
    assert alike.where == "task2-work (to the letter)"


def test_the_share_is_that_of_the_student_with_the_fewest_cells() -> None:
    both = {"task2-work": HONEST, "task3-work": OTHER}
    (alike,) = look_alikes(_class(ada=_notebook(both), bo=_notebook({"task2-work": HONEST})), [])
    assert alike.share == 1.0
    third = OTHER.replace("50", "9").replace("mean", "median")
    other = {"task2-work": HONEST, "task3-work": third}
    (alike,) = look_alikes(_class(ada=_notebook(both), bo=_notebook(other)), [])
    assert alike.share == 0.5


def test_small_cells_do_not_count() -> None:
    small = "mlflow.set_experiment('a')\nmlflow.set_experiment_tag('b', 'c')\n"
    assert _listed(_class(ada=_notebook({"task1-work": small}), bo=_notebook({"task1-work": small}))) == []


def test_another_model_or_number_is_another_solution() -> None:
    for change in (("Lasso", "Ridge"), ("5]", "7]"), ("log_param(", "set_tag(")):
        other = _notebook({"task2-work": HONEST.replace(*change)})
        assert _listed(_class(ada=_notebook({"task2-work": HONEST}), bo=other)) == [], change


def test_magics_are_read_and_never_run() -> None:
    with_magic = "%%time\n!touch /tmp/never\nfiles = !ls\n" + HONEST
    notebooks = {name: _notebook({"task2-work": re.sub("guess", name, with_magic)}) for name in ("ada", "bo")}
    assert _listed(_class(**notebooks)) == [("ada", "bo")]


def test_a_cell_with_a_syntax_error_is_compared_by_its_words() -> None:
    broken = {name: _notebook({"task2-work": HONEST.replace("guess", name) + "\nif :"}) for name in ("ada", "bo")}
    assert _listed(_class(**broken)) == [("ada", "bo")]
    assert _listed(_class(ada=broken["ada"], bo=_notebook({"task2-work": OTHER + "\nif :"}))) == []


HOSTILE = {
    "deep": "x = " + "(" * 5000 + ")" * 5000,
    "long": "x = 1" + " + 1" * 12_000,
    "attributes": "a" + ".b" * 20_000,
    "null": "x = 'a\0b'",
    "surrogate": "x = '\ud800'",
    "magics": "\n".join(["!ls"] * 3000),
    "escapes": "x = '\\d'",
    "huge": "x = 1\n" * 100_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_cell_stops_nothing(source: str) -> None:
    assert shapes_of({"task2-work": source, "b": HONEST}, given_by("M9_01"))


@pytest.mark.parametrize("notebook", [b"", b"{}", b"[" * 100_000, b'{"cells": 3}', b'{"cells": [3]}', b"\xff"])
def test_a_file_that_is_no_notebook_looks_like_nothing(notebook: bytes) -> None:
    assert code_cells(notebook) == {}


def test_two_cells_of_one_id_are_both_compared() -> None:
    cells = [{"cell_type": "code", "id": "a", "source": [source, "\n"]} for source in (HONEST, OTHER)]
    assert code_cells(json.dumps({"cells": cells}).encode()) == {"a": f"{HONEST}\n", "a, cell 2": f"{OTHER}\n"}


def test_a_notebook_of_countless_cells_is_not_read_to_its_end() -> None:
    cells = [{"cell_type": "code", "source": f"x = {number}"} for number in range(5000)]
    assert len(code_cells(json.dumps({"cells": cells}).encode())) == 300


def test_a_notebook_of_a_students_own_lesson_is_not_compared() -> None:
    works = tuple(submission(name, "M9_07", _notebook({"task2-work": HONEST})) for name in ("ada", "bo"))
    assert look_alikes(Found("flat", works, (), ()), []) == []


def _predicting(seeds: dict[str, str], digest: str = "d" * 64) -> list[LookAlike]:
    works: list[Submission] = [submission(student) for student in seeds]
    prints = [{"predictions:ridge": digest, "seed:ridge": seed} for seed in seeds.values()]
    results = [graded(work, None, fingerprints=each) for work, each in zip(works, prints, strict=True)]
    return look_alikes(Found("flat", tuple(works), (), ()), results)


def test_the_same_predictions_under_different_seeds_are_listed() -> None:
    (alike,) = _predicting({"ada": "1", "bo": "2"})
    assert (alike.kind, alike.students) == ("predictions", ("ada", "bo"))
    assert alike.where == "bit for bit the same: ridge with seed 1; ridge with seed 2"


def test_the_same_predictions_under_one_seed_are_not_listed() -> None:
    assert _predicting({"ada": "42", "bo": "42"}) == []


def test_predictions_that_most_of_the_class_has_are_the_tasks_own() -> None:
    assert _predicting({f"s{number}": str(number % 3) for number in range(12)}) == []
