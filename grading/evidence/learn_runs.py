"""Which runs and experiments of a store are a lesson's own: those of its Learn cells."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from grading.errors import Outcome
from grading.evidence import claims
from grading.evidence.data_files import DATA, DataFiles, label_columns
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

    def is_of_other_rows(self, run: Run) -> bool:
        """Whether the predictions are of no file of the Learn cells: a student's run that went to their experiment."""
        if not self.file_beginning or predictions_path(run) is None:
            return False
        return not any(self._has_labels_of(file, run) for file in DATA.glob(f"{self.file_beginning}*.csv"))

    def _has_labels_of(self, file: Path, run: Run) -> bool:
        with contextlib.suppress(Outcome):  # rows that the file does not have, predictions that cannot be read
            frame = self.data.frame(file)
            return claims.label_mismatches(self.predictions(run), frame, label_columns(file, frame)) == 0
        return False

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
                if self._has_labels_of(self.data.find(data.location), run):
                    return True
        return False
