"""What a check may look at: the store, the data files, the code version. Never the student's process."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from grading.errors import NotAttempted, Outcome, Unmet
from grading.evidence import claims
from grading.evidence.candidate_run import is_candidate
from grading.evidence.code_version import CodeVersion
from grading.evidence.contract import Contract, our_contract, value_of
from grading.evidence.data_files import DATA, DataFiles, label_columns
from grading.evidence.data_repository import DataRepository, find_repositories
from grading.evidence.metric_name import parse
from grading.evidence.model_answer import Fit, Reproducer, Reproduction, Request
from grading.evidence.model_file import ModelFile
from grading.evidence.predictions import predictions_path, read_predictions
from grading.evidence.store import Dataset, Experiment, Run, Store, models_among_files

Training = Literal["none", "sample", "all"]  # what is trained again: nothing, a sample of all fits, all of them
IN_THREADS = "in a thread of its own, start_run(parent_run_id=...) says whose it is"  # the active run is a thread's
REFUSAL = "gate.refused"  # the tag of a run that was held to a contract and missed it: which, when, and what
AUTOMATIC = "mlflow.autologging"  # the tag of a run that autologging started by itself


@dataclass
class Evidence:
    """One part (practice or worked) of what a notebook left behind."""

    store: Store
    part: Literal["practice", "worked"]
    data: DataFiles
    code: CodeVersion
    reproducer: Reproducer
    worked_experiment: str = ""  # where the Learn cells log: its runs are not practice
    worked_data: str = ""  # how the names of the Learn cells' data files begin
    since: int = 0  # ms; the instant check looks only at what is newer than the setup cell
    active_experiment: str | None = None  # id; in a live kernel an experiment may have no runs yet
    training: Training = "none"
    drawn_by: str = ""  # the hash of what was handed in, by which a sample is drawn
    rest_is_training: bool = False  # the lesson says that a model learns from all rows that are not tested
    not_judged: list[str] = field(default_factory=list)  # what could not be established, in words for a person
    reproductions: dict[Request, Reproduction] = field(default_factory=dict)  # kept between instant checks
    derived: dict[tuple[str, str], Any] = field(default_factory=dict)  # by what and run id: several checks ask for it
    _predictions: dict[str, pd.DataFrame] = field(default_factory=dict)
    _models: dict[str, ModelFile] = field(default_factory=dict)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The part's runs, nested ones too, oldest first, without the deleted."""
        return tuple(run for run in self._all_runs if not run.deleted)

    @property
    def started_runs(self) -> tuple[Run, ...]:
        """The part's runs; raises NotAttempted when there are none."""
        if not self.runs:
            raise self._nothing_yet("runs of your own")
        return self.runs

    @cached_property
    def deleted_runs(self) -> tuple[Run, ...]:
        """The part's runs that were deleted."""
        return tuple(run for run in self._all_runs if run.deleted)

    @cached_property
    def _all_runs(self) -> tuple[Run, ...]:
        """The part's runs that were started, or opened again, since the setup cell."""
        return tuple(run for run in self.runs_ever if max(run.start_time, run.end_time or 0) >= self.since)

    @cached_property
    def runs_ever(self) -> tuple[Run, ...]:
        """The part's runs, deleted ones and those of earlier sessions too: a leaderboard may rank them."""
        practice = self.part == "practice"
        return tuple(
            run
            for run in self.store.runs
            if self._is_ours(run.experiment) and not (practice and run.id in self._strays)
        )

    @cached_property
    def lesson_runs(self) -> tuple[Run, ...]:
        """The runs of the Learn cells, in the experiment that the lesson names, which are no evidence of the student's.

        None when it is the lesson's own part that is judged.
        """
        name = self.worked_experiment if self.part == "practice" else ""
        return tuple(run for run in self.store.runs if name and run.experiment.name == name and not run.deleted)

    @cached_property
    def _worked_ids(self) -> frozenset[str]:
        """The experiments of the Learn cells, by name or, should they be renamed or copied, by their data.

        By their data: when no run with predictions in it is of other data. One run on the Learn data among others is
        no reason to leave out an experiment: see `_strays`.
        """
        named = {e.id for e in self.store.experiments if e.name == self.worked_experiment}
        others = {
            run.experiment.id
            for run in self.store.runs
            if run.id not in self._on_worked_data and self._is_of_others(run)
        }
        return (
            frozenset(named) | {run.experiment.id for run in self.store.runs if run.id in self._on_worked_data} - others
        )

    @cached_property
    def _on_worked_data(self) -> frozenset[str]:
        """The ids of the runs on the Learn cells' data."""
        return frozenset(run.id for run in self.store.runs if self._is_on_worked_data(run))

    @cached_property
    def _strays(self) -> frozenset[str]:
        """The ids of runs on the Learn data in an experiment of the student's, and of the runs nested in them."""
        strays = set(self._on_worked_data)
        for run in self.store.runs:  # oldest first: a parent comes before what is nested in it
            if run.parent_id in strays:
                strays.add(run.id)
        return frozenset(strays)

    def _is_of_others(self, run: Run) -> bool:
        """Whether a run that is not deleted names a data file and has predictions."""
        return not run.deleted and any(data.location for data in run.datasets) and predictions_path(run) is not None

    def _is_on_worked_data(self, run: Run) -> bool:
        """Whether the run names a file of the Learn cells' data and its predictions are of that file's labels.

        The name alone may be a slip: the Learn cell, copied, with its `source=` left in.
        """
        beginning = self.worked_data
        for data in run.datasets if beginning else ():
            if not data.location.replace("\\", "/").rpartition("/")[2].startswith(beginning):
                continue
            with contextlib.suppress(Outcome):
                file = self.data.find(data.location)
                frame = self.data.frame(file)
                if claims.label_mismatches(self.predictions(run), frame, label_columns(file, frame)) == 0:
                    return True
        return False

    def _is_ours(self, experiment: Experiment) -> bool:
        return (experiment.id in self._worked_ids) == (self.part == "worked")

    def _nothing_yet(self, expected: str) -> NotAttempted:
        """What to say when there is no run or experiment: one sentence for each cause that can be told."""
        ours = self.worked_experiment
        found = f"none yet (runs in {ours!r}, or on its data, are the lesson's own)" if ours else "none yet"
        hint = 'mlflow.set_experiment("your own name"), then mlflow.start_run(...)'
        gone = [e.name for e in self.store.experiments if e.deleted and e.name != "Default" and self._is_ours(e)]
        earlier = [run for run in self.runs_ever if not run.deleted]
        if self.since and earlier:
            found = "none since this kernel started, or since the setup cell was run again: run your cells again, too"
            hint = "Restart Kernel and Run All Cells runs everything in order"
        elif gone:
            found = f"the experiment {gone[-1]!r} was deleted, and its runs with it"
            hint = "MlflowClient().restore_experiment(experiment_id), or run your cells again under another name"
        elif self.runs_ever:
            found = f"{len(self.runs_ever)} runs, all deleted"
            hint = "MlflowClient().restore_run(run_id) brings one back; or run your cells again"
        return NotAttempted(expected, found, hint)

    @property
    def experiment(self) -> Experiment:
        """The experiment of the part: that of its newest main run, or newest run, or the newest without runs.

        Raises NotAttempted when there is none but MLflow's own Default.
        """
        runs = self.main_runs or self.runs
        if runs:
            return runs[-1].experiment
        others = [e for e in self.store.experiments if self._is_ours(e) and not e.deleted and e.name != "Default"]
        if self.since:
            others = [experiment for experiment in others if experiment.id == self.active_experiment]
        if not others:
            raise self._nothing_yet("an experiment of your own")
        return others[-1]

    @cached_property
    def main_runs(self) -> tuple[Run, ...]:
        """Finished, not nested, and with a model or meant to have one: it has a test metric or predictions.

        Candidates and searches are none, even with a test metric that they must not have; unless there is nothing else.
        """
        if not self.since:
            return self._finished_main
        # A cell that was run again: the grader, on an empty store, will see the last one only.
        return tuple({(run.experiment.id, run.name): run for run in self._finished_main}.values())

    @cached_property
    def _finished_main(self) -> tuple[Run, ...]:
        found = [run for run in self.runs if run.status == "FINISHED" and run.parent_id is None and _is_main(run)]
        chosen = [run for run in found if not is_candidate(run, has_children=run.id in self._children)]
        return tuple(chosen or found)

    @cached_property
    def replaced_runs(self) -> tuple[Run, ...]:
        """In a live kernel, the runs of this part that do not count, since a newer one has the same name."""
        kept = {run.id for run in self.main_runs}
        return tuple(run for run in self._finished_main if run.id not in kept)

    @cached_property
    def compared_runs(self) -> tuple[Run, ...]:
        """What a conclusion may compare with: every finished run with a model or a test metric, nested ones too."""
        return tuple(run for run in self.runs if run.status == "FINISHED" and has_model_or_test(run))

    @property
    def main_run(self) -> Run:
        """The newest main run; raises NotAttempted or Unmet when there is none."""
        if self.main_runs:
            return self.main_runs[-1]
        expected = "a finished run of your own with a test metric, predictions or a model"
        if not self.runs:
            raise self._nothing_yet(expected)
        found = [f"{run.name} ({run.status.lower()})" for run in self.runs[-5:]]
        hint = "log the test metrics in the run that trains the model"
        if any(run.status == "FAILED" and run.metrics for run in self.runs):
            hint = "an error ended the run as FAILED: mend the cell that raised it, and run it again"
        raise Unmet(expected, found, hint)

    def children(self, run: Run) -> tuple[Run, ...]:
        """The runs nested in this one, oldest first."""
        return tuple(self._children.get(run.id, ()))

    @cached_property
    def _children(self) -> Mapping[str, list[Run]]:
        """The nested runs by what they are nested in: a store may have ten thousand."""
        found: dict[str, list[Run]] = {}
        for run in self.runs:
            if run.parent_id:
                found.setdefault(run.parent_id, []).append(run)
        return found

    def curve(self, run: Run, metric: str) -> dict[int, float]:
        """A metric's newest value at each step, in the order of the steps.

        MLflow's histories only grow: when a cell is run again on the same run, its values are there twice.
        """
        newest = {point.step: point.value for point in self.store.history(run.id, metric)}
        return dict(sorted(newest.items()))

    def predictions(self, run: Run) -> pd.DataFrame:
        """The run's predictions; raises Unmet when they are not there or not right."""
        if run.id not in self._predictions:
            self._predictions[run.id] = read_predictions(run)
        return self._predictions[run.id]

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

        (Autolog adds one that names none, and a corrected `source` comes as a second one.) Raises Unmet without any.
        """
        if not run.datasets:
            raise Unmet(
                f"a dataset among the inputs of {run.name!r}", "no dataset input",
                "mlflow.log_input(mlflow.data.from_pandas(frame, source=str(path), name=...), context=\"training\")",
            )  # fmt: skip
        named = [dataset for dataset in run.datasets if dataset.location]
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


def _is_main(run: Run) -> bool:
    """Whether the run has a model, or what only a run with a model has.

    Autologging starts a run for every fit outside of one, and keeps a model in it: such a run counts when somebody
    went on with it, and logged predictions.
    """
    return (has_model_or_test(run) and AUTOMATIC not in run.tags) or predictions_path(run) is not None


def has_model_or_test(run: Run) -> bool:
    """Whether the run logged a model or a test metric; asks for no files."""
    return bool(run.models) or any(parse(name).split == "test" for name in run.metrics)
