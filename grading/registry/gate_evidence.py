"""What the gate looks at: the evidence of any run, held to one given contract, and data where whoever asks says."""

from typing import Any

from grading.errors import Outcome
from grading.evidence import claims
from grading.evidence.contract import Contract
from grading.evidence.data_files import DataFiles
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run


class GateEvidence(Evidence):
    """The evidence of any run, held to one given contract instead of a lesson's."""

    def __init__(self, rules: Contract, **given: Any) -> None:
        super().__init__(**given)
        # What has a limit must be derived too; what has no definition cannot be.
        known = {
            key: rule.model_copy(update={"required": rule.required or key in rules.thresholds})
            for key, rule in rules.metrics.items()
            if key in claims.DEFINITIONS
        }
        self._rules = rules.model_copy(update={"metrics": known})
        self.believed = tuple(key for key in rules.metrics if key not in known)

    def contract(self, run: Run) -> Contract:  # noqa: ARG002  whatever the run predicts
        """The contract given, without the metrics that nobody can derive from predictions."""
        return self._rules

    def is_binary(self, run: Run) -> bool:
        """Whether nothing speaks for more than two classes: rows of one class alone excuse nothing."""
        try:
            predictions = self.predictions(run)
        except Outcome:
            return True
        return claims.is_classification(predictions) and predictions["y_true"].nunique() <= 2


class GateData(DataFiles):
    """Data files where whoever asks says they are: a path that only the run names proves nothing."""

    EXPECTED = "the data file that the run's dataset names, in the current folder or the course's"
    HINT = "--data FOLDER says where the file is"
