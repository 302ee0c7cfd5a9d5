"""What a check may look at: the store, the data files, the code version. Never the student's process."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from grading.errors import NotAttempted, Outcome, Unmet
from grading.evidence import claims
from grading.evidence.code_version import CodeVersion
from grading.evidence.contract import Contract, our_contract, value_of
from grading.evidence.data_files import DATA, label_columns
from grading.evidence.data_repository import DataRepository, find_repositories
from grading.evidence.metric_name import parse
from grading.evidence.model_answer import Fit, Reproducer, Reproduction, Request
from grading.evidence.model_file import ModelFile
from grading.evidence.part_runs import PartRuns
from grading.evidence.store import Dataset, Run, models_among_files

Training = Literal["none", "sample", "all"]  # what is trained again: nothing, a sample of all fits, all of them
IN_THREADS = "in a thread of its own, start_run(parent_run_id=...) says whose it is"  # the active run is a thread's
REFUSAL = "gate.refused"  # the tag of a run that was held to a contract and missed it: which, when, and what
TESTED = frozenset({"testing", "test", "evaluation", "eval", "validation", "holdout"})  # contexts: not learned from


@dataclass(kw_only=True)
class Evidence(PartRuns):
    """One part (practice or worked) of what a notebook left behind: its runs, and what can be asked of each."""

    code: CodeVersion
    reproducer: Reproducer
    training: Training = "none"
    drawn_by: str = ""  # the hash of what was handed in, by which a sample is drawn
    rest_is_training: bool = False  # the lesson says that a model learns from all rows that are not tested
    not_judged: list[str] = field(default_factory=list)  # what could not be established, in words for a person
    reproductions: dict[Request, Reproduction] = field(default_factory=dict)  # kept between instant checks
    derived: dict[tuple[str, str], Any] = field(default_factory=dict)  # by what and run id: several checks ask for it
    _models: dict[str, ModelFile] = field(default_factory=dict)

    def curve(self, run: Run, metric: str) -> dict[int, float]:
        """A metric's newest value at each step, in the order of the steps.

        MLflow's histories only grow: when a cell is run again on the same run, its values are there twice.
        """
        newest = {point.step: point.value for point in self.store.history(run.id, metric)}
        return dict(sorted(newest.items()))

    def contract(self, run: Run) -> Contract:
        """The contract the run is held to, by what it predicts."""
        return our_contract("classification" if self.is_classification(run) else "regression")

    def is_classification(self, run: Run) -> bool:
        """Whether the run predicts classes; by its predictions or, without them, by its metrics."""
        try:
            return claims.is_classification(self.predictions(run))
        except Outcome:
            keys = our_contract("classification").by_base()
            return any(parse(name).base in keys for name in run.metrics)

    def is_binary(self, run: Run) -> bool:
        """Whether the run tells two classes apart; without predictions, taken to be so."""
        try:
            return claims.is_binary(self.predictions(run))
        except Outcome:
            return True

    def dataset(self, run: Run) -> Dataset:
        """The run's dataset that names a file; of several, the one whose hash the run recorded, or else the first.

        Those of rows to be tested come last. (Autolog adds one that names none, and a corrected `source` comes as a
        second one.) Raises Unmet without any.
        """
        if not run.datasets:
            raise Unmet(
                f"a dataset among the inputs of {run.name!r}", "no dataset input",
                "mlflow.log_input(mlflow.data.from_pandas(frame, source=str(path), name=...), context=\"training\")",
            )  # fmt: skip
        named = sorted(
            (dataset for dataset in run.datasets if dataset.location), key=lambda one: one.context.lower() in TESTED
        )
        recorded = self.recorded_sha256(run) if len(named) > 1 else None
        for dataset in named if recorded else ():
            with contextlib.suppress(Outcome):
                if self.data.sha256(self.data.find(dataset.location, recorded or "")) == recorded:
                    return dataset
        return named[0] if named else run.datasets[0]

    def data_file(self, run: Run) -> Path:
        """The data file the run's dataset names: under DVC, the version of it whose sha256 the run recorded.

        Raises Unmet without a dataset or file.
        """
        return self.data.find(self.dataset(run).location, self.recorded_sha256(run) or "")

    def recorded_sha256(self, run: Run) -> str | None:
        """The hash of the data file that the run says it used; None when it says none."""
        rule = our_contract("experiment").tags["data_sha256"]
        places = (run.tags, *(entry.tags for entry in run.datasets), run.params)
        found = next((value for place in places if (value := value_of("data_sha256", rule, place))), None)
        return found.strip().lower() if found is not None else None

    @cached_property
    def repositories(self) -> tuple[DataRepository, ...]:
        """The Git repositories in what was handed in or made by it."""
        return find_repositories(tuple(folder for folder in self.data.folders if folder != DATA))

    def newest_artifact(self, words: tuple[str, ...], endings: tuple[str, ...]) -> tuple[Run, str] | None:
        """The newest run with an artifact so named, and its path; None when no run has one."""
        for run in reversed(self.started_runs):
            if path := _named(run, words, endings):
                return run, path
        return None

    def no_artifact(self, name: str, words: tuple[str, ...], endings: tuple[str, ...], hint: str) -> NotAttempted:
        """What to say when no run has an artifact so named: perhaps it went where the Learn cells log."""
        ours = self.worked_experiment
        if not any(_named(run, words, endings) for run in self.lesson_runs):
            return NotAttempted(f"an artifact {name}", "none", hint)
        found = f"none in your experiment; {ours!r} has one, and its runs are the lesson's own"
        return NotAttempted(f"an artifact {name}", found, f'mlflow.set_experiment("your own name") first; {hint}')

    def model(self, run: Run) -> ModelFile:
        """The run's newest finished model; raises Unmet when it has none."""
        ready = [model for model in run.models if model.ready] or list(models_among_files(run))
        if not ready:
            found = "a model that failed to save" if run.models else "no logged model"
            raise Unmet(f"a logged model in the run {run.name!r}", found, "mlflow.sklearn.log_model(model, name=...)")
        return self._models.setdefault(ready[-1].id, ModelFile(ready[-1]))

    def hyperparameters(self, run: Run) -> Mapping[str, object]:
        """The parameters of the run's model, read from its file or, failing that, asked of the model in a process."""
        found = self.model(run).hyperparameters()
        return found if found is not None else self.reproduction(run).hyperparameters

    def reproduction(self, run: Run) -> Reproduction:
        """What the run's model predicts today for the rows of its predictions; raises Unmet when it cannot be asked."""
        found = self._answer(self._request(run))
        if found.problem:
            raise Unmet(
                "a model that loads and predicts in a fresh process", found.problem, "load it yourself: "
                "mlflow.pyfunc.load_model(model_info.model_uri).predict(X_test)",
            )  # fmt: skip
        return found

    def trained_again(self, run: Run, fits: Sequence[Fit]) -> Reproduction:
        """What the run's model predicts for every row of its file, and clones of it, each trained as a fit says.

        What cannot be trained again says its problem. Raises Unmet without a model, predictions or data file.
        """
        request = self._request(run)
        every = tuple(self.data.frame(Path(request.data)).index.tolist())
        return self._answer(replace(request, rows=every, fits=tuple(fits)))

    def _answer(self, wanted: Request) -> Reproduction:
        if wanted not in self.reproductions:
            self.reproductions[wanted] = self.reproducer(wanted)
        return self.reproductions[wanted]

    def _request(self, run: Run) -> Request:
        model, predictions = self.model(run), self.predictions(run)
        file = self.data_file(run)
        frame = self.data.frame(file)
        inputs = model.inputs
        if unknown := [name for name in inputs if name not in frame.columns]:
            raise Unmet(
                f"a model that takes columns of {file.name}", f"inputs {unknown[:5]}",
                "put what changes the columns into a Pipeline with the model",
            )  # fmt: skip
        labels = label_columns(file, frame)
        if not labels:
            raise Unmet(f"a column with the label in {file.name}", "no column but the row ids")
        label = min(labels, key=lambda name: claims.label_mismatches(predictions, frame, [name]))
        folder = model.logged.folder.all_local()
        seen = tuple(_seen(each) for each in (file, *(folder / path for path in model.logged.folder.paths())))
        return Request(str(folder), str(file), tuple(predictions["row"].tolist()), tuple(inputs), label, seen)


def _seen(file: Path) -> tuple[str, int, int]:
    """What changes when a file does: its name, its size in bytes and its time in nanoseconds."""
    state = file.stat()
    return str(file), state.st_size, state.st_mtime_ns


def _named(run: Run, words: tuple[str, ...], endings: tuple[str, ...]) -> str | None:
    """The path of the run's first artifact whose name has one of the words and endings."""
    for path in run.artifacts.paths():
        name = path.rpartition("/")[2].lower()
        if name.endswith(endings) and any(word in name for word in words):
            return path
    return None
