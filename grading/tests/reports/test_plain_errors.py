"""Errors as Python and the libraries of today raise them, and what the page says of each."""

import errno
import importlib
import os
import re
import urllib.request
from collections.abc import Callable

import mlflow
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from grading.errors import shorten
from grading.reports.plain_errors import MEANINGS, in_plain_words
from grading.running.kernels.guard import over


def _said(code: Callable[[], object]) -> str:
    """The error of the code, as an execution reports it."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        code()
    return shorten(f"{type(caught.value).__name__}: {caught.value}")


def _unbound() -> None:
    if os.environ.get("NEVER_SET"):
        value = 1
    print(value)


def _distrusted() -> None:
    raise RuntimeError("fatal: detected dubious ownership in repository at '/srv/course'")


def _endless(number: int) -> int:
    return _endless(number + 1)


CASES: list[tuple[Callable[[], object], str]] = [
    (lambda: eval("leaderbord"), "Nothing of that name exists"),
    (_distrusted, "git config --global --add safe.directory"),
    (_unbound, "before the function gave it a value"),
    (lambda: compile("f(1", "cell", "exec"), "could not read this cell"),
    (lambda: compile("if 1:\nx", "cell", "exec"), "could not read this cell"),
    (lambda: importlib.import_module("no_such_package"), "not installed"),
    (lambda: exec("from math import cosine"), "not what was to be imported"),
    (lambda: pd.read_csv("data/none.csv"), "no such file"),
    (lambda: pd.DataFrame({"a": [1]})["b"], "no such key or column"),
    (lambda: dict[str, int]()["x"], "no such key or column"),
    (lambda: [][0], "fewer elements"),
    (lambda: pd.DataFrame({"a": [1]}).iloc[3], "fewer elements"),
    (lambda: None.run_id, "`None`"),  # type: ignore[attr-defined]
    (lambda: pd.DataFrame().to_cvs(), "nothing of that name"),
    (lambda: Ridge().fit([[float("nan")]], [1]), "missing or infinite"),
    (lambda: Ridge().fit([[float("inf")]], [1]), "missing or infinite"),
    (lambda: Ridge().fit([[1], [2]], [1]), "different numbers of rows"),
    (lambda: Ridge().fit([["red"], ["blue"]], [1, 2]), "text where numbers are needed"),
    (lambda: Ridge().predict([[1]]), "before it has learnt"),
    (lambda: Ridge(alhpa=1), "does not fit the function"),
    (lambda: (lambda x: x)(), "does not fit the function"),  # type: ignore[call-arg]
    (lambda: "1" + 1, "another type"),  # type: ignore[operator]
    (lambda: 1 / 0, "divided by zero"),
    (lambda: _endless(0), "without end"),
    (lambda: exec("assert 1 == 2"), "does not hold"),
    (lambda: exec("raise NotImplementedError"), "yours to write"),
    (lambda: exec("raise MemoryError"), "more memory"),
    (lambda: urllib.request.urlopen("http://127.0.0.1:1/"), "without a network"),
]


@pytest.mark.parametrize(("code", "words"), CASES)
def test_an_error_of_python_is_explained(code: Callable[[], object], words: str) -> None:
    assert words in in_plain_words(_said(code))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EACCES, os.strerror(errno.EACCES), "/etc/x"), "its own folder only"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), "no network"),  # socket.socket(), confined
        (OSError(errno.EPERM, os.strerror(errno.EPERM)), "no network"),
    ],
)
def test_what_the_confinement_refuses_is_explained(error: OSError, words: str) -> None:
    assert words in in_plain_words(f"{type(error).__name__}: {error}")


def _other_experiment() -> None:
    os.environ["MLFLOW_RUN_ID"] = mlflow.MlflowClient().create_run(mlflow.create_experiment("first")).info.run_id
    mlflow.set_experiment("second")
    try:
        mlflow.start_run()
    finally:
        os.environ.pop("MLFLOW_RUN_ID", None)


def _twice() -> None:
    mlflow.start_run()
    mlflow.start_run()


def _another_value() -> None:
    with mlflow.start_run():
        mlflow.log_param("alpha", 1)
        mlflow.log_param("alpha", 2)


@pytest.mark.usefixtures("tracking")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (_other_experiment, "begun in one experiment"),
        (_twice, "never ended"),
        (_another_value, "keeps the first value"),
        (lambda: mlflow.get_run("0" * 32), "nothing of that name or id"),
        (lambda: mlflow.MlflowClient().get_registered_model("none"), "nothing of that name or id"),
        (lambda: mlflow.pyfunc.load_model("models:/none/1"), "nothing of that name or id"),
        (lambda: mlflow.search_runs(filter_string="metrics.rmse <"), "MLflow refused"),
    ],
)
def test_an_error_of_mlflow_is_explained(code: Callable[[], object], words: str) -> None:
    assert words in in_plain_words(_said(code))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("not finished after 300 seconds in all", "a loop that does not end"),
        (f"stopped: it used {over('memory', 3000, 2000, ' MB')}", "more memory"),
        (f"stopped: it used {over('processor time', 301, 300, ' seconds')}", "processor time"),
        (f"stopped: it used {over('files', 20_001, 20_000)}", "over a limit"),
        ("the kernel died: Kernel died", "Python itself ended"),
    ],
)
def test_what_ends_a_notebook_is_explained(error: str, words: str) -> None:
    assert words in in_plain_words(error)


def test_an_unknown_error_is_left_as_it_is() -> None:
    assert in_plain_words("MyOwnError: x") == ""
    assert in_plain_words("") == ""


def test_each_meaning_is_a_sentence_or_more() -> None:
    for _, meaning in MEANINGS:
        assert re.fullmatch(r"[A-Z`].*\.", meaning)
