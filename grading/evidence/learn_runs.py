"""Which runs and experiments of a store are a lesson's own: those of its Learn cells."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from grading.errors import Outcome
from grading.evidence import claims
from grading.evidence.data_files import DataFiles, label_columns
from grading.evidence.predictions import predictions_path
from grading.evidence.store import Run, Store


@dataclass
class LearnRuns:
    """The Learn cells' runs, told by their experiment's name or by their data."""

    store: Store
    data: DataFiles
    experiment: str  # the name of the experiment that the Learn cells log to
    file_beginning: str  # how the names of their data files begin
    predictions: Callable[[Run], pd.DataFrame]  # raises Unmet when they are not there or not right

    @cached_property
    def experiments(self) -> frozenset[str]:
        """The experiments of the Learn cells, by name or, should they be renamed or copied, by their data.

        By their data: when no run with predictions in it is of other data. One run on the Learn data among others is
        no reason to leave out an experiment: see `strays`.
        """
        named = {e.id for e in self.store.experiments if e.name == self.experiment}
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
    def strays(self) -> frozenset[str]:
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
        beginning = self.file_beginning
        for data in run.datasets if beginning else ():
            if not data.location.replace("\\", "/").rpartition("/")[2].startswith(beginning):
                continue
            with contextlib.suppress(Outcome):
                file = self.data.find(data.location)
                frame = self.data.frame(file)
                if claims.label_mismatches(self.predictions(run), frame, label_columns(file, frame)) == 0:
                    return True
        return False
