"""Which runs of the store are one part's, and which of these count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd

from grading.errors import NotAttempted, Unmet
from grading.evidence.candidate_run import is_candidate
from grading.evidence.data_files import DataFiles
from grading.evidence.learn_runs import LearnRuns
from grading.evidence.metric_name import parse
from grading.evidence.predictions import predictions_path, read_predictions
from grading.evidence.store import Experiment, Run, Store

AUTOMATIC = "mlflow.autologging"  # the tag of a run that autologging started by itself


@dataclass(kw_only=True)
class PartRuns:
    """The runs of one part: what the student logged (practice), or what the Learn cells did (worked)."""

    store: Store
    part: Literal["practice", "worked"]
    data: DataFiles
    worked_experiment: str = ""  # where the Learn cells log: its runs are not practice
    worked_data: str = ""  # how the names of the Learn cells' data files begin
    since: int = 0  # ms; the instant check looks only at what is newer than the setup cell
    active_experiment: str | None = None  # id; in a live kernel an experiment may have no runs yet
    _predictions: dict[str, pd.DataFrame] = field(default_factory=dict)

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
            if self._is_ours(run.experiment) and not (practice and run.id in self._learn.strays)
        )

    @cached_property
    def lesson_runs(self) -> tuple[Run, ...]:
        """The runs of the Learn cells, in the experiment that the lesson names, which are no evidence of the student's.

        None when it is the lesson's own part that is judged. A student who forgot to set an experiment may have left a
        run there, too: its predictions are of other patients.
        """
        name = self.worked_experiment if self.part == "practice" else ""
        found = (run for run in self.store.runs if name and run.experiment.name == name and not run.deleted)
        return tuple(run for run in found if not self._learn.is_of_other_rows(run))

    @cached_property
    def _astray(self) -> list[Run]:
        """Runs of this session that a forgotten `set_experiment` sent to the lesson's experiment."""
        named = [run for run in self.store.runs if run.experiment.name == self.worked_experiment and not run.deleted]
        recent = [run for run in named if self.part == "practice" and run.start_time >= self.since]
        return [run for run in recent if self._learn.is_of_other_rows(run)]

    @cached_property
    def _learn(self) -> LearnRuns:
        return LearnRuns(self.store, self.data, self.worked_experiment, self.worked_data, self.predictions)

    def _is_ours(self, experiment: Experiment) -> bool:
        return (experiment.id in self._learn.experiments) == (self.part == "worked")

    def _nothing_yet(self, expected: str) -> NotAttempted:
        """What to say when there is no run or experiment: one sentence for each cause that can be told."""
        ours = self.worked_experiment
        found = f"none yet (runs in {ours!r}, or on its data, are the lesson's own)" if ours else "none yet"
        hint = 'mlflow.set_experiment("your own name"), then mlflow.start_run(...)'
        gone = [e.name for e in self.store.experiments if e.deleted and e.name != "Default" and self._is_ours(e)]
        earlier = [run for run in self.runs_ever if not run.deleted]
        if self._astray:
            found = f"the run {self._astray[-1].name!r} is not on the lesson's data, and lies in {ours!r}"
            hint = "set your own experiment, and run the cell that makes the run again"
        elif self.since and earlier:
            found = "none since this kernel started, or since the setup cell was run again: run your cells again, too"
            hint = "set your experiment first. Restart Kernel and Run All Cells runs everything in order"
        elif gone:
            found = f"the experiment {gone[-1]!r} was deleted, and its runs with it"
            hint = "MlflowClient().restore_experiment(experiment_id), or run your cells again under another name"
        elif self.runs_ever:
            found = f"{len(self.runs_ever)} runs, all deleted"
            hint = "MlflowClient().restore_run(run_id) brings one back; or run your cells again"
        return NotAttempted(expected, found, hint)

    @property
    def none_of_yours(self) -> str:
        """What was found, where something was looked for that a forgotten `set_experiment` sends to the lesson's."""
        ours = self.worked_experiment if self.part == "practice" else ""
        return (
            f"none in your experiments. Runs in {ours!r} are the lesson's: set your experiment first"
            if ours
            else "none"
        )

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
        return self.without_repeats(self._finished_main)

    def without_repeats(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        """The runs, in order; in a live notebook, of those with one name in one experiment only the newest.

        A cell that was run again leaves two: the grader, on an empty store, will see the last one only.
        """
        if not self.since:
            return tuple(runs)
        return tuple({(run.experiment.id, run.name): run for run in runs}.values())

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

    def predictions(self, run: Run) -> pd.DataFrame:
        """The run's predictions; raises Unmet when they are not there or not right."""
        if run.id not in self._predictions:
            self._predictions[run.id] = read_predictions(run)
        return self._predictions[run.id]


def _is_main(run: Run) -> bool:
    """Whether the run has a model, or what only a run with a model has.

    Autologging starts a run for every fit outside of one, and keeps a model in it: such a run counts when somebody
    went on with it, and logged predictions.
    """
    return (has_model_or_test(run) and AUTOMATIC not in run.tags) or predictions_path(run) is not None


def has_model_or_test(run: Run) -> bool:
    """Whether the run logged a model or a test metric; asks for no files."""
    return bool(run.models) or any(parse(name).split == "test" for name in run.metrics)
