"""A table among a run's artifacts: found by its file name, its columns by their meaning, its runs by id or name."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from grading.errors import Unmet
from grading.evidence.comparison import is_finite
from grading.evidence.data_files import read_table
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run

ENDINGS = (".csv", ".json")
MOST_ROWS = 10_000
NEWEST = "keep the newest run of each name, and make the table again"
LARGEST_JSON = 4_000_000  # bytes; as objects it takes twenty times that


@dataclass(frozen=True)
class Table:
    """A table that a run logged."""

    owner: Run
    name: str
    frame: pd.DataFrame
    store: Mapping[str, Run] = field(default_factory=dict)  # every run there is, by id: whose a row is, if not ours

    @property
    def columns(self) -> list[str]:
        """The names of the columns, as they are written."""
        return [str(name) for name in self.frame.columns]

    def texts(self, column: str) -> list[str]:
        """A column's values as texts."""
        return [str(value).strip() for value in self.frame.iloc[:, self.columns.index(column)]]

    def numbers(self, column: str) -> list[float]:
        """A column's values as numbers; raises Unmet for one that is none, or not finite."""
        found = [finite(text) for text in self.texts(column)]
        if wrong := [text for text, value in zip(self.texts(column), found, strict=True) if value is None]:
            raise Unmet(f"numbers in the column {column} of {self.name}", wrong[:3], "no gaps, no units, no text")
        return [value for value in found if value is not None]

    def column(self, *names: str) -> str | None:
        """The column of one of these names, whatever its signs and capitals; None when there is none."""
        wanted = [plain(name) for name in names]
        found = (column for name in wanted for column in self.columns if plain(column) == name)
        return next(found, None)

    def required(self, *names: str) -> str:
        """The column of one of these names; raises Unmet when there is none."""
        found = self.column(*names)
        if found is None:
            raise Unmet(f"a column {names[0]} in {self.name}", self.columns, f"add {names[0]}")
        return found

    def runs(self, runs: Sequence[Run], column: str | None = None) -> list[Run]:
        """The run that each row names, by id or name; raises Unmet for a row that names none of `runs`.

        Without a `column`, the first in which the rows name runs.
        """
        known = {run.name: run for run in runs} | {run.id: run for run in runs}
        for name in [column] if column else self.columns:
            texts = self.texts(name)
            if unknown := [text for text in texts if text not in known]:
                if strangers := [self.store[text] for text in unknown if text in self.store]:
                    raise self._of_others(name, strangers, runs)
                if column is None and len(unknown) == len(texts):
                    continue
                raise Unmet(f"runs in the column {name} of {self.name}", unknown[:3], expected_runs(runs))
            return [known[text] for text in texts]
        raise Unmet(f"a column run_id in {self.name}", self.columns, expected_runs(runs))

    def _of_others(self, column: str, strangers: Sequence[Run], runs: Sequence[Run]) -> Unmet:
        """What is wrong with rows that name runs of the store, but not those that the table is about."""
        found = [f"{run.name!r} of {run.experiment.name!r}" for run in strangers]
        ours = {(run.experiment.id, run.name) for run in runs}
        if all((run.experiment.id, run.name) in ours for run in strangers):
            found, hint = [f"older runs of that name: {', '.join(found[:3])}"], "a cell was run twice: " + NEWEST
        elif {run.experiment.id for run in strangers}.isdisjoint({run.experiment.id for run in runs}):
            hint = "search your experiment only: mlflow.search_runs(experiment_names=[...])"
        else:
            hint = expected_runs(runs)
        return Unmet(f"your runs {_names(runs)} in the column {column} of {self.name}", found[:3], hint)


def find_table(evidence: Evidence, words: Collection[str], wanted: str, avoid: Collection[str] = ()) -> Table:
    """The newest table whose file name has one of the words, and none to `avoid`; raises Unmet when there is none.

    `wanted`: the file's usual name, for the message.
    """
    for run in reversed(evidence.started_runs):
        for path in run.artifacts.paths():
            name = path.rpartition("/")[2].lower()
            if name.endswith(ENDINGS) and any(word in name for word in words) and not any(w in name for w in avoid):
                frame = read_board(run.artifacts.local(path))
                if not 0 < len(frame) <= MOST_ROWS:
                    raise Unmet(f"{name} with 1 to {MOST_ROWS:,} rows", f"{len(frame):,} rows", "a line a run")
                return Table(run, name, frame, {run.id: run for run in evidence.store.runs})
    raise Unmet(f"an artifact {wanted}", "no such file in your runs", f'mlflow.log_text(..., "{wanted}")')


def expected_runs(runs: Sequence[Run]) -> str:
    """A hint that names the runs a table may be about."""
    return f"ids or names of your runs: {_names(runs)}"


def _names(runs: Sequence[Run]) -> str:
    return ", ".join(list(dict.fromkeys(run.name for run in runs))[:6])


def finite(text: object) -> float | None:
    """The number that a text says; None when it says none, or one that is not finite."""
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if is_finite(value) else None


def plain(name: str) -> str:
    """A name without signs and capitals, and without what search_runs puts before it."""
    return re.sub(r"[^a-z0-9]+", "", re.sub(r"^(metrics|params|tags)\.", "", name.lower()))


def said(run: Run, *names: str) -> str:
    """What a param of the run says, or else a tag, under one of these names; empty when it says nothing."""
    for name in names:
        for place in (run.params, run.tags):
            for key, value in place.items():
                if plain(key) == plain(name) and value.strip():
                    return value.strip()
    return ""


def read_board(file: Path) -> pd.DataFrame:
    """A leaderboard file: CSV, or the JSON that mlflow.log_table writes; raises Unmet when it is neither."""
    if file.suffix != ".json":
        return read_table(file)
    try:
        if file.stat().st_size > LARGEST_JSON:
            raise ValueError(f"{file.stat().st_size / 1e6:,.0f} MB")
        content = json.loads(file.read_text("utf-8"))
        return pd.DataFrame(content["data"], columns=content["columns"])
    except (ValueError, TypeError, KeyError, RecursionError, OSError) as error:
        raise Unmet(f"{file.name} as mlflow.log_table writes it", error, "log a CSV file") from None
