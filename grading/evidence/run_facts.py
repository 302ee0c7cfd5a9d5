"""What the store knows about one run, found by the meaning of names: for the experiment log and the model card."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from grading.errors import Outcome
from grading.evidence.claims import DEFINITIONS
from grading.evidence.contract import Named, our_contract, value_of
from grading.evidence.data_files import read_table
from grading.evidence.intervals import Measure, measure
from grading.evidence.markdown import number
from grading.evidence.metric_name import MetricName, of_test_rows, parse
from grading.evidence.model_file import ModelFile
from grading.evidence.predictions import read_predictions
from grading.evidence.store import Point, Run, Store

CONTRACTS = ("healthcare_triage", "regression")  # together they know every metric of the course
# What a clinic asks first; then the definitions in their own order.
FIRST = ("malignant_detection_rate", "false_alarm_rate", "accuracy", "roc_auc")
LOWER = frozenset({"loss", "error", "errors", "rmse", "mae", "mse", "deviance", "cost", "brier", "perplexity"})
SYSTEM = "system/"  # MLflow's own measurements of the machine
MOST_CURVES = 12


@dataclass(frozen=True)
class RunFacts:
    """One run with its neighbours in the store; whatever cannot be read counts as not recorded."""

    store: Store
    run: Run

    @cached_property
    def files(self) -> list[str]:
        """The paths of the run's artifacts."""
        return self.run.artifacts.paths()

    def text(self, name: str) -> str:
        """The content of the artifact with this file name; empty when there is none."""
        path = next((path for path in self.files if path.rpartition("/")[2].lower() == name), None)
        try:
            return self.run.artifacts.local(path).read_text("utf-8", "replace") if path else ""
        except (Outcome, OSError):
            return ""

    def json(self, name: str) -> Any:
        """The JSON in the artifact with this file name; None when there is none."""
        try:
            return json.loads(self.text(name))
        except (ValueError, RecursionError):
            return None

    def table(self, name: str) -> pd.DataFrame:
        """The CSV table in the artifact with this file name; empty when there is none."""
        path = next((path for path in self.files if path.rpartition("/")[2].lower() == name), None)
        try:
            return read_table(self.run.artifacts.local(path)) if path else pd.DataFrame()
        except Outcome:
            return pd.DataFrame()

    @cached_property
    def predictions(self) -> pd.DataFrame | str:
        """The run's predictions, or what is wrong with them in a few words."""
        try:
            return read_predictions(self.run)
        except Outcome as problem:
            return f"no predictions.csv: found {problem.found}" if "predictions.csv in" in problem.expected else (
                f"{problem.expected} was expected; found {problem.found}"
            )  # fmt: skip

    def said(self, key: str, *names: str) -> str:
        """What a tag, param, tag of a dataset or metric of this name (or one of the others) says; empty if none.

        A model's `random_state` of None says nothing.
        """
        rules = [(each, Named()) for each in (key, *names)]
        metrics = {name: number(value) for name, value in self.run.metrics.items()}
        places = (self.run.tags, self.run.params, *(data.tags for data in self.run.datasets), metrics)
        found = ((value_of(each, rule, place) or "").strip() for place in places for each, rule in rules)
        return next((text for text in found if text not in ("", "None")), "")

    @cached_property
    def curves(self) -> dict[str, tuple[Point, ...]]:
        """The metrics with two steps or more, each with its last value at each step, in order."""
        found: dict[str, tuple[Point, ...]] = {}
        for name in sorted(self.run.metrics):
            if not name.startswith(SYSTEM) and len(found) < MOST_CURVES:
                history = sorted(self.store.history(self.run.id, name), key=lambda point: (point.step, point.timestamp))
                by_step = {point.step: point for point in history}
                if len(by_step) >= 2:
                    found[name] = tuple(by_step.values())
        return found

    @cached_property
    def test_metrics(self) -> dict[str, MetricName]:
        """The run's numbers about its test rows: those called so, and those with a definition and no split."""
        own = [name for name in self.run.metrics if not name.startswith(SYSTEM)]
        found = of_test_rows(own, lambda name: name in self.curves)
        return {
            name: meaning
            for name, meaning in sorted(found.items(), key=lambda item: (item[1].threshold is not None, item[0]))
            if meaning.split == "test" or key_of(name) in DEFINITIONS
        }

    @cached_property
    def main_metrics(self) -> list[str]:
        """The test metrics to compare runs and groups by: those that no threshold was chosen for; at most four."""
        order = [*FIRST, *(key for key in DEFINITIONS if key not in FIRST)]
        plain = [name for name, meaning in self.test_metrics.items() if meaning.threshold is None]
        known = sorted((name for name in plain if key_of(name) in order), key=lambda name: order.index(key_of(name)))
        return (known + [name for name in plain if name not in known])[:4]

    def measure(self, name: str) -> Measure | None:
        """The definition behind a test metric, on the run's predictions; None when there is none."""
        if isinstance(self.predictions, str):
            return None
        return measure(
            key_of(name),
            self.predictions,
            threshold=parse(name).threshold,
            params=self.run.params,
            claimed=self.run.metrics[name],
        )

    @property
    def neighbours(self) -> Iterator[Run]:
        """The other runs of the experiment that were not deleted, newest first."""
        for run in reversed(self.store.runs):
            if run.experiment.id == self.run.experiment.id and run.id != self.run.id and not run.deleted:
                yield run

    @cached_property
    def children(self) -> list[Run]:
        """The runs nested in this one, oldest first."""
        return [run for run in self.store.runs if run.parent_id == self.run.id and not run.deleted]

    @cached_property
    def parent(self) -> "RunFacts | None":
        """The run this one is nested in."""
        found = next((run for run in self.store.runs if run.id == self.run.parent_id), None)
        return RunFacts(self.store, found) if found else None

    @cached_property
    def model(self) -> ModelFile | None:
        """The run's newest finished model."""
        return next((ModelFile(model) for model in reversed(self.run.models) if model.ready), None)

    @cached_property
    def model_description(self) -> dict[str, Any]:
        """The model's MLmodel file; empty when there is none."""
        try:
            return self.model.description if self.model else {}
        except Outcome:
            return {}

    @property
    def flavors(self) -> dict[str, Any]:
        """How the model was saved: MLmodel's flavors, by name."""
        found = self.model_description.get("flavors")
        items = found.items() if isinstance(found, dict) else ()
        return {str(name): flavor for name, flavor in items if isinstance(flavor, dict)}

    @property
    def python_version(self) -> str:
        """The Python that the run says, or that its model was saved with."""
        saved = self.flavors.get("python_function", {}).get("python_version", "")
        return self.said("python_version", "python") or str(saved)

    @property
    def model_steps(self) -> list[str]:
        """The class names of the model, or of a pipeline's steps; empty when its file does not tell."""
        return self.model.steps() if self.model else []


def key_of(name: str) -> str:
    """The name of the definition that a metric's name means; its base name when no contract knows it."""
    found = (our_contract(contract).metric(name) for contract in CONTRACTS)
    return next((key for key in found if key), parse(name).base)


def better(name: str) -> str | None:
    """Whether a metric is better `higher` or `lower`: by the contracts, or by its words; None when neither tells."""
    words = parse(name).base.split("_")
    for contract in map(our_contract, CONTRACTS):
        known = contract.by_base()
        for start in range(len(words)):  # learning_curve_rmse is an rmse
            if key := known.get("_".join(words[start:])):
                return contract.metrics[key].better
    return "lower" if LOWER & set(words) or re.search(r"loss$", parse(name).base) else None


def like(name: str, run: Run) -> str | None:
    """The metric of another run that means the same as this name."""
    if name in run.metrics:
        return name
    same = (other for other in run.metrics if parse(other).threshold == parse(name).threshold)
    return next((other for other in same if key_of(other) == key_of(name) and parse(other).split == parse(name).split
                 and parse(other).statistic is None), None)  # fmt: skip
