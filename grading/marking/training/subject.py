"""A run's model together with the rows that it was trained on and tested with, to be trained again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from grading.errors import Unmet
from grading.evidence import claims
from grading.evidence.data_files import label_columns
from grading.evidence.evidence import Evidence
from grading.evidence.model_answer import Fit, Reproduction, Settings
from grading.evidence.store import Run
from grading.marking.training.splits import Rows, orders_of_the_rest


@dataclass(frozen=True)
class Subject:
    """A run's model, with the table that it was trained on and tested with."""

    evidence: Evidence
    run: Run
    frame: pd.DataFrame  # indexed by row
    file_name: str
    label: str
    tested: Rows

    @property
    def every_row(self) -> Rows:
        """The rows of the data file."""
        return tuple(self.frame.index.tolist())

    def fit_all(self, fits: Sequence[Fit]) -> Reproduction:
        """The logged model's predictions for every row, and what the clones say; raises Unmet as `reproduction`."""
        return self.evidence.trained_again(self.run, fits)

    def reseeded(self, settings: Settings, seed: int) -> Settings:
        """These settings with another seed for all that the model draws; raises Unmet as `hyperparameters`."""
        names = self.evidence.hyperparameters(self.run)
        return (*settings, *((name, seed) for name in names if name.rpartition("__")[2] == "random_state"))

    def fit(self, rows: Rows, settings: Settings = (), data: str = "") -> Fit:
        """To learn from these rows, and to predict every row."""
        return Fit(rows, self.every_row, settings, data)

    def orders(self, rows: Rows) -> list[Rows]:
        """These rows in the orders in which people split them: as given, and as they are in the file."""
        chosen = set(rows)
        as_in_file = tuple(row for row in self.every_row if row in chosen)
        usual = orders_of_the_rest(self.frame, self.label, self.tested, self.run)
        return list(dict.fromkeys((rows, *(order for order in usual if set(order) == chosen), as_in_file)))

    def table(self, said: Reproduction, rows: Iterable[Any]) -> pd.DataFrame:
        """The predictions of these rows, as predictions.csv has them; `said`: of every row."""
        kept = pd.DataFrame({"row": self.every_row, "y_true": self.frame[self.label].to_numpy()})
        kept["y_pred"] = said.predictions
        if said.scores:
            kept["y_score"] = said.scores
        return kept.set_index("row").loc[list(rows)].reset_index()


def subject_of(evidence: Evidence, run: Run) -> Subject:
    """The run's model with its table; raises Unmet when something of it is missing or wrong."""
    predictions, file = evidence.predictions(run), evidence.data_file(run)
    frame = evidence.data.frame(file)
    labels = label_columns(file, frame)
    wrong = {name: claims.label_mismatches(predictions, frame, [name]) for name in labels}
    if not wrong or min(wrong.values()):
        raise Unmet(f"y_true to be labels of {file.name}", f"{min(wrong.values(), default=0)} differ")
    label = min(wrong, key=wrong.__getitem__)
    return Subject(evidence, run, frame, file.name, label, tuple(predictions["row"].tolist()))
