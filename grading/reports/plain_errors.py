"""What a cell's error means, and what to do next, in words for whoever has not seen it before."""

import re
from typing import Final

# The first that matches "Name: message" speaks; the special ones stand before their kind.
MEANINGS: Final = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (
            r"^not finished after",
            "The notebook was still running when its time was up. Look in this cell for a loop that does not end, or "
            "for a search with too many trials. What had been logged by then was graded.",
        ),
        (
            r"^stopped: it used .*memory|^MemoryError",
            "The notebook needed more memory than it may have. Work on fewer rows at a time, or keep fewer models and "
            "tables in variables.",
        ),
        (
            r"^stopped: it used .*processor time",
            "The notebook used up its processor time. Try fewer trials, or a smaller model.",
        ),
        (
            r"^stopped: it used",
            "The notebook went over a limit of the grader. Write fewer files and start fewer processes.",
        ),
        (
            r"^the kernel died",
            "Python itself ended while this cell ran: most often for want of memory, or through `exit()`. No later "
            "cell ran.",
        ),
        (
            r"active experiment ID does not match",
            "A run was begun in one experiment while another one is set. Call `mlflow.set_experiment` before "
            "`mlflow.start_run`, and restart the kernel: it remembers the earlier one.",
        ),
        (
            r"^Exception: Run with UUID \S+ is already active",
            "An earlier run was never ended. Write `with mlflow.start_run(...):`, which ends it even after an error, "
            "or call `mlflow.end_run()` first.",
        ),
        (
            r"^MlflowException: .*(Changing param values is not allowed|already logged with (a different )?value)",
            "A run keeps the first value of a parameter and refuses another one. Log it once, or begin a new run.",
        ),
        (
            r"^(MlflowException|RestException): .*(RESOURCE_DOES_NOT_EXIST|not found|does not exist|No such)",
            "MLflow has nothing of that name or id. Compare the spelling, and see that the cell that makes it ran "
            "before this one.",
        ),
        (
            r"^MlflowException|^RestException",
            "MLflow refused this call; the message says why. Compare what you pass with the Learn cells above.",
        ),
        (
            r"dubious ownership",
            "Git trusts no folder that belongs to another user. Run once, in a terminal, `git config --global --add "
            "safe.directory FOLDER`, with the folder that the message names.",
        ),
        (
            r"^UnboundLocalError",
            "A variable of a function is used before the function gave it a value.",
        ),
        (
            r"^NameError",
            "Nothing of that name exists yet. Either it is spelt in another way, or the cell that defines it comes "
            "later, or failed. Restart the kernel and run all cells: that is how the notebook was graded.",
        ),
        (
            r"^(SyntaxError|IndentationError|TabError)",
            "Python could not read this cell, so none of it ran. Look for a bracket, a quotation mark, a colon or an "
            "indentation, in the marked line or the one above.",
        ),
        (
            r"^ModuleNotFoundError",
            "This package is not installed where notebooks are graded. Use the packages of `requirements.txt`.",
        ),
        (
            r"^ImportError",
            "The package is there, but not what was to be imported from it. Compare the spelling, and the version in "
            "`requirements.txt`.",
        ),
        (
            r"^FileNotFoundError",
            "There is no such file where the notebook ran. Files of the course lie in `DATA_DIR`; a file of your own "
            "must be made by a cell, or handed in beside the notebook.",
        ),
        (
            r"^PermissionError: .*: '",
            "A notebook that is graded may read the course's files, and write in its own folder only. Use a plain file "
            "name, without a folder before it.",
        ),
        (
            r"^PermissionError",
            "This is not allowed while a notebook is graded: there is no network, and other programs are out of reach.",
        ),
        (
            r"^(\w*ConnectionError|ConnectionRefusedError|URLError|HTTPError|gaierror|TimeoutError|MaxRetryError)\b"
            r"|^OSError: .*[Nn]etwork",
            "A notebook is graded without a network. Use the files of the course, and the store that `TRACKING_URI` "
            "names.",
        ),
        (
            r"^KeyError",
            "There is no such key or column. Print the keys (`list(d)`) or the columns (`df.columns`), and compare "
            "the spelling.",
        ),
        (
            r"^IndexError",
            "There are fewer elements than the index says; most often the list, or the result of a search, is empty.",
        ),
        (
            r"^AttributeError: 'NoneType' object",
            "A variable is `None` where an object was expected: an earlier call found nothing, or a function ends "
            "without `return`.",
        ),
        (
            r"^AttributeError",
            "This object has nothing of that name. Compare the spelling, and see with `type(...)` what the object is.",
        ),
        (
            r"^ValueError: .*(contains NaN|contains infinity)",
            "The model was given missing or infinite values. Fill or drop them before `fit`.",
        ),
        (
            r"^ValueError: .*inconsistent numbers of samples",
            "Inputs and labels have different numbers of rows. Take both from the same split.",
        ),
        (
            r"^ValueError: could not convert string to float",
            "A column holds text where numbers are needed. Encode it, or leave it out.",
        ),
        (
            r"^(NotFittedError|ValueError: .*not fitted)",
            "The model predicts before it has learnt. Call `fit` first.",
        ),
        (
            r"^TypeError: .*(argument|positional)",
            "The call does not fit the function: an argument is missing, superfluous, or named in another way.",
        ),
        (
            r"^TypeError",
            "A value is of another type than is needed here. `type(...)` says what it is.",
        ),
        (
            r"^ZeroDivisionError",
            "Something was divided by zero; most often a count that is still 0.",
        ),
        (
            r"^RecursionError",
            "A function calls itself without end.",
        ),
        (
            r"^AssertionError",
            "An `assert` in the cell does not hold: what it says was expected is not so.",
        ),
        (
            r"^NotImplementedError",
            "The cell still has a part that is yours to write.",
        ),
    )
)


def in_plain_words(error: str) -> str:
    """What an error such as "NameError: name 'x' is not defined" means; empty for one that is not known here."""
    return next((meaning for pattern, meaning in MEANINGS if pattern.search(error)), "")
