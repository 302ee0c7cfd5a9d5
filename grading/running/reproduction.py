"""Load a logged model in another process and predict again: the only place where a student's model runs.

A server process imports once what models need; every request is answered by a fork of it, which then is gone. A warm
kernel has such a server from its birth, and asks it over the descriptor that it finds in its environment.
Requests and answers are JSON: nothing that a model made is unpickled on this side.
"""

import contextlib
import functools
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from grading import quiet
from grading.errors import shorten
from grading.evidence.model_answer import Reproduction, Request
from grading.running.environment import ONE_THREAD

TIMEOUT = 60  # seconds for one model, the server's first imports included
LONGEST_ANSWER = 50_000_000  # bytes
IMPORTED_ONCE = [
    "mlflow.pyfunc",
    "mlflow.sklearn",
    "skops.io",
    "pandas",
    "grading.evidence.data_files",
    "grading.evidence.model_file",
    "grading.running.model_inputs",
]

PREDICTOR = "GRADING_PREDICTOR"  # the variable with a warm kernel's process and descriptor; its children have the first

# Where a process cannot be forked (Windows), each answer costs the imports again.
_CONTEXT: Any = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")


def prepare() -> None:
    """Start the server, so that its imports are done by the time a model is first asked; comes back at once."""
    if _CONTEXT.get_start_method() == "forkserver":
        with _server_environment(dict(os.environ)), contextlib.suppress(OSError):  # the first request will say it
            forkserver.ensure_running()


def reproduce(request: Request, environment: Mapping[str, str] | None = None) -> Reproduction:
    """Answer a request in a process of its own, with this environment (ours unless given) and its own folder."""
    environment = dict(os.environ if environment is None else environment)
    process, _, descriptor = os.environ.get(PREDICTOR, "").partition(":")
    if process == str(os.getpid()):
        return _ask(int(descriptor), request, environment)
    try:
        return _in_a_child(_CONTEXT, request, environment)
    except PermissionError:  # a program started by a confined notebook may not connect to a server
        return _in_a_child(multiprocessing.get_context("spawn"), request, environment)


def _in_a_child(context: Any, request: Request, environment: dict[str, str]) -> Reproduction:
    """The answer of a process that this context of `multiprocessing` starts; raises PermissionError when it cannot."""
    receiving, sending = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="grading-model-", ignore_cleanup_errors=True) as folder:
        own = environment | {"HOME": folder, "TMPDIR": folder}
        child = context.Process(target=_child, args=(json.dumps(asdict(request)), folder, own, sending))
        with _server_environment(environment):
            child.start()
        sending.close()
        try:
            if not receiving.poll(TIMEOUT):
                return Reproduction(problem=f"the model did not load and predict within {TIMEOUT} seconds")
            return understood(json.loads(receiving.recv_bytes(LONGEST_ANSWER)))
        except (EOFError, OSError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
            return Reproduction(problem="the process that loaded the model died")
        finally:
            child.kill()
            child.join()
            receiving.close()


def _ask(descriptor: int, request: Request, environment: Mapping[str, str]) -> Reproduction:
    """The answer of a warm kernel's server."""
    connection = _server(descriptor)
    try:
        connection.send_bytes(json.dumps([asdict(request), dict(environment)]).encode())
        return understood(json.loads(connection.recv_bytes(LONGEST_ANSWER)))
    except (EOFError, OSError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return Reproduction(problem="the process that loads models died: restart the kernel")


@functools.cache
def _server(descriptor: int) -> Connection:
    return Connection(descriptor)  # kept: it closes the descriptor when it goes


def answer_requests(connection: Connection) -> None:
    """Answer a warm kernel's requests, each in a fork, until the kernel is gone."""
    while True:
        try:
            request, environment = json.loads(connection.recv_bytes())
        except EOFError:
            return
        receiving, sending = multiprocessing.Pipe(duplex=False)
        with tempfile.TemporaryDirectory(
            prefix="grading-model-", dir=environment.get("TMPDIR"), ignore_cleanup_errors=True
        ) as folder:
            pid = os.fork()
            if pid == 0:
                try:
                    connection.close()
                    _child(json.dumps(request), folder, environment | {"HOME": folder, "TMPDIR": folder}, sending)
                finally:
                    os._exit(0)
            sending.close()
            try:
                late = f"the model did not load and predict within {TIMEOUT} seconds"
                answer = receiving.recv_bytes(LONGEST_ANSWER) if receiving.poll(TIMEOUT) else _problem(late)
            except (EOFError, OSError):
                answer = _problem("the process that loaded the model died")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            receiving.close()
        connection.send_bytes(answer)


def _problem(text: str) -> bytes:
    return json.dumps({"problem": text}).encode()


def understood(said: dict[str, Any]) -> Reproduction:
    """The answer, of which nothing is believed to have the right form; raises ValueError, TypeError, AttributeError."""
    return Reproduction(
        predictions=tuple(said.get("predictions", ())),
        scores=tuple(map(float, said.get("scores", ()))),
        hyperparameters=dict(said.get("hyperparameters", {}).items()),
        weights={str(name): float(value) for name, value in said.get("weights", {}).items()},
        problem=str(said.get("problem", "")),
        fits=tuple(understood(fit) for fit in said.get("fits", ())),
    )


@contextlib.contextmanager
def _server_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """What a new process inherits: nothing a student's model has no business with, and not the caller's script.

    The first request starts the server, with this environment; multiprocessing would run `__main__` again in a child.
    """
    if _CONTEXT.get_start_method() == "forkserver":
        _CONTEXT.set_forkserver_preload(IMPORTED_ONCE)
    before, script = dict(os.environ), sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ.clear()
    os.environ.update({**environment, **ONE_THREAD, **quiet.ENVIRONMENT})
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        os.environ.clear()
        os.environ.update(before)


def _child(request: str, folder: str, environment: dict[str, str], sending: Connection) -> None:
    """The forked process: a folder and an environment of its own, nothing on our terminal, one answer."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = folder
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123  descriptors, not a file
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    sending.send_bytes(answered(request))


def answered(request: str | bytes) -> bytes:
    """What the model says to a request in JSON, or what it raised, as JSON; for a process that runs nothing else."""
    quiet.apply()
    try:
        said = _predict(json.loads(request))
    except BaseException as error:  # whatever a student's model raises is an answer, not our crash
        said = {"problem": f"{type(error).__name__}: {shorten(error, 250)}"}
    return json.dumps(said).encode()


def _predict(request: dict[str, Any]) -> dict[str, Any]:
    import mlflow.pyfunc
    import numpy as np

    from grading.evidence.data_files import by_row, read_table
    from grading.evidence.model_file import leaves
    from grading.running.model_inputs import as_signed

    model = mlflow.pyfunc.load_model(request["model"])
    files = {request["data"], *(fit["data"] for fit in request["fits"] if fit["data"])}
    frames = {file: by_row(read_table(Path(file))) for file in files}

    def features(file: str, rows: list[Any]) -> Any:
        frame = frames[file].loc[rows]
        # A signature without names wants an array: all columns but the label, in the file's order.
        inputs = frame[request["inputs"]] if request["inputs"] else frame.drop(columns=request["label"]).to_numpy()
        return as_signed(inputs, schema)

    schema = model.metadata.get_input_schema()
    asked = features(request["data"], request["rows"])
    answer: dict[str, Any] = {"predictions": np.asarray(model.predict(asked)).ravel().tolist()}
    try:
        estimator = model.get_raw_model()
    except NotImplementedError:  # a model of the student's own class has neither parameters nor scores to ask for
        return answer
    chosen = getattr(estimator, "best_estimator_", estimator)  # of a search, what it chose
    if hasattr(chosen, "get_params"):
        plain = (str, int, float, bool, type(None))
        values = {n: v.item() if isinstance(v, np.generic) else v for n, v in chosen.get_params().items()}
        answer["hyperparameters"] = leaves(
            {name: value for name, value in values.items() if isinstance(value, plain)}, type(chosen).__name__
        )
    answer |= _scores(estimator, asked)
    answer["weights"] = _weights(chosen, request["inputs"])
    answer["fits"] = []
    start = time.process_time()
    for fit in request["fits"]:
        if time.process_time() - start > request["seconds"]:
            answer["fits"].append({"problem": f"training again took over {request['seconds']:.0f} seconds"})
            continue
        rows, file = fit["learn"], fit["data"] or request["data"]
        try:
            learned = _trained(chosen, features(file, rows), frames[file].loc[rows, request["label"]], fit)
            held = features(request["data"], fit["predict"])
            said = {"predictions": np.asarray(learned.predict(held)).ravel().tolist()} | _scores(learned, held)
        except Exception as error:  # of one fit: others may work
            said = {"problem": f"{type(error).__name__}: {' '.join(str(error).split())[:250]}"}
        answer["fits"].append(said)
    return answer


def _weights(estimator: Any, inputs: list[str]) -> dict[str, float]:
    """How much each input weighs, by a linear model's coefficients or a tree's importances; empty without these."""
    import numpy as np

    steps = hasattr(estimator, "steps")
    last = estimator[-1] if steps else estimator
    found: Any = getattr(last, "coef_", getattr(last, "feature_importances_", None))
    if found is None:
        return {}
    try:
        names = list(estimator[:-1].get_feature_names_out(inputs)) if steps and len(estimator) > 1 else inputs
        weights = dict(zip((name.rpartition("__")[2] for name in names), np.ravel(found).astype(float), strict=True))
    except Exception:  # a step that does not name what it makes, coefficients for several classes
        return {}
    return {name: float(weights[name]) for name in inputs} if weights.keys() == set(inputs) else {}


def _trained(estimator: Any, features: Any, label: Any, fit: dict[str, Any]) -> Any:
    """A clone of the estimator with the fit's settings, fitted, on one processor."""
    from sklearn.base import clone

    alone = {name: 1 for name in estimator.get_params() if name.rpartition("__")[2] == "n_jobs"}
    return clone(estimator).set_params(**alone, **dict(fit["settings"])).fit(features, label)


def _scores(estimator: Any, features: Any) -> dict[str, Any]:
    """The scores of the positive class, or of the likeliest; empty for a model that has none."""
    import numpy as np

    if hasattr(estimator, "predict_proba"):
        chances = np.asarray(estimator.predict_proba(features))
        return {"scores": (chances[:, 1] if chances.shape[1] == 2 else chances.max(axis=1)).tolist()}
    if hasattr(estimator, "decision_function"):
        distances = np.asarray(estimator.decision_function(features))
        return {"scores": (distances if distances.ndim == 1 else distances.max(axis=1)).tolist()}
    return {}
