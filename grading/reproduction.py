"""Load a logged model in another process and predict again: the only place where a student's model runs.

The parent writes requests as JSON, the child (`python -m grading.reproduction`) answers in JSON; nothing is unpickled
on the parent's side.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

TIMEOUT = 120  # seconds for one model, imports included
LONGEST_ANSWER = 50_000_000  # bytes


@dataclass(frozen=True)
class Request:
    """Predict these rows of a data file with the model in a folder."""

    model: str  # folder
    data: str  # CSV file
    rows: tuple[Any, ...]
    inputs: tuple[str, ...]  # columns of the file; empty: all but row and label
    label: str


@dataclass(frozen=True)
class Reproduction:
    """What the model said, or why it could not be asked."""

    predictions: tuple[Any, ...] = ()
    scores: tuple[float, ...] = ()  # of the positive of two classes, of the likeliest of more; empty without
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def reproduce(requests: Sequence[Request], environment: Mapping[str, str] | None = None) -> list[Reproduction]:
    """Answer each request in a child process that is gone afterwards; a model that breaks it costs only its answer."""
    answers = _ask(requests, environment)
    if answers is not None:
        return answers
    if len(requests) == 1:
        return [Reproduction(problem="the process that loaded the model died or did not answer in time")]
    return [answer for request in requests for answer in reproduce([request], environment)]


def _ask(requests: Sequence[Request], environment: Mapping[str, str] | None) -> list[Reproduction] | None:
    with tempfile.TemporaryDirectory(prefix="grading-model-") as folder:
        asked, answered = Path(folder, "requests.json"), Path(folder, "answers.json")
        asked.write_text(json.dumps([asdict(request) for request in requests]), "utf-8")
        try:
            subprocess.run(
                [sys.executable, "-I", "-m", "grading.reproduction", str(asked), str(answered)],
                cwd=folder,
                env=dict(environment) | {"HOME": folder, "TMPDIR": folder} if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT * max(len(requests), 1),
                check=False,
            )
            if answered.stat().st_size > LONGEST_ANSWER:
                return None
            answers = [Reproduction(**answer) for answer in json.loads(answered.read_text("utf-8"))]
        except (subprocess.TimeoutExpired, OSError, ValueError, TypeError):
            return None
        return answers if len(answers) == len(requests) else None


def main() -> None:
    """The child: read requests, load each model, predict, write the answers."""
    from grading import quiet

    quiet.apply()
    asked, answered = map(Path, sys.argv[1:3])
    answers = [_answer(request) for request in json.loads(asked.read_text("utf-8"))]
    answered.write_text(json.dumps(answers), "utf-8")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        return _predict(request)
    except Exception as error:  # whatever a student's model raises is an answer, not our crash
        return {"problem": f"{type(error).__name__}: {' '.join(str(error).split())[:250]}"}


def _predict(request: dict[str, Any]) -> dict[str, Any]:
    import mlflow.pyfunc
    import numpy as np

    from grading.data_files import by_row, read_table
    from grading.model_file import leaves

    model = mlflow.pyfunc.load_model(request["model"])
    frame = by_row(read_table(Path(request["data"]))).loc[request["rows"]]
    # A signature without names wants an array: all columns but the label, in the file's order.
    features = frame[request["inputs"]] if request["inputs"] else frame.drop(columns=request["label"]).to_numpy()
    predictions = np.asarray(model.predict(features)).ravel().tolist()
    answer: dict[str, Any] = {"predictions": predictions}
    estimator = model.get_raw_model()
    if hasattr(estimator, "get_params"):
        plain = (str, int, float, bool, type(None))
        values = {name: getattr(value, "item", lambda value=value: value)() if np.isscalar(value) else value
                  for name, value in estimator.get_params().items()}  # fmt: skip
        answer["hyperparameters"] = leaves({name: value for name, value in values.items() if isinstance(value, plain)})
    if hasattr(estimator, "predict_proba"):
        chances = np.asarray(estimator.predict_proba(features))
        answer["scores"] = (chances[:, 1] if chances.shape[1] == 2 else chances.max(axis=1)).tolist()
    return answer


if __name__ == "__main__":
    main()
