"""A tuning study's own record, read without running anything: Optuna's journal, its SQLite storage, or a CSV."""

import json
import math
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from grading.errors import Unmet
from grading.evidence.data_files import read_table

STATES = ("RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING")  # Optuna's numbers for them, in its journal
ENDINGS = (".log", ".journal", ".jsonl", ".json", ".txt", ".db", ".sqlite", ".sqlite3", ".csv")
MOST_TRIALS = 20_000
LONGEST_QUERY = 5.0  # seconds
DIRECTIONS = ("", "MINIMIZE", "MAXIMIZE")  # likewise
CREATE_STUDY = 0
CREATE_TRIAL, SET_PARAM, SET_STATE, SET_STEP = 4, 5, 6, 7  # the journal's operations that matter here


@dataclass
class Trial:
    """One trial as the study remembers it."""

    number: int
    state: str = "RUNNING"
    value: float = math.nan
    params: dict[str, Any] = field(default_factory=dict)
    steps: dict[int, float] = field(default_factory=dict)  # what was reported on the way
    session: str = ""  # who created it: each opening of a journal has a name of its own


@dataclass(frozen=True)
class Study:
    """The trials in the order of their numbers."""

    file: str
    trials: tuple[Trial, ...]
    direction: str = ""  # MINIMIZE or MAXIMIZE; empty when the record does not tell

    @property
    def sessions(self) -> list[str]:
        """The openings of the storage that created trials; empty when the record does not tell."""
        return list(dict.fromkeys(trial.session for trial in self.trials if trial.session))


def read_study(file: Path) -> Study | None:
    """The study in a file; None when the file is none. Raises Unmet for a study that cannot be understood.

    Of a file with several studies, the one with most trials.
    """
    direction = ""
    try:
        head = file.read_bytes()[:4096] if file.suffix.lower() in ENDINGS else b""
        if head.startswith(b"SQLite format 3\0"):
            trials, direction = _from_sqlite(file)
        elif b'"op_code"' in head:
            trials, direction = _from_journal(file.read_text("utf-8", "replace"))
        elif file.suffix.lower() == ".csv" and re.search(
            rb'(^|,)"?number"?(,|\r|\n)', head.partition(b"\n")[0] + b"\n"
        ):
            trials = list(_from_table(read_table(file)))
        else:
            return None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise Unmet(f"{file.name} as Optuna writes it", reason, "log the file itself, unchanged") from None
    except sqlite3.Error as error:
        raise Unmet(f"{file.name} as Optuna's storage", error, "log the file after the study") from None
    return Study(file.name, tuple(sorted(trials, key=lambda trial: trial.number)), direction)


def _from_journal(text: str) -> tuple[list[Trial], str]:
    """Replay the journal; trials are numbered in the order in which they were created, per study."""
    studies: dict[int, list[Trial]] = {}
    directions: list[str] = []  # of the studies, in the order in which they were created
    by_id: list[Trial] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        entry = json.loads(line)
        code = entry["op_code"]
        if code == CREATE_STUDY:
            directions.append(DIRECTIONS[int((entry.get("directions") or [0])[0])])
        elif code == CREATE_TRIAL:
            own = studies.setdefault(int(entry["study_id"]), [])
            trial = Trial(len(own), session=str(entry["worker_id"]).rpartition("-")[0])
            trial.state = STATES[int(entry.get("state", 0))]
            trial.value = _value(entry)
            for name, value in (entry.get("params") or {}).items():  # a trial that was added whole
                trial.params[str(name)] = _external(value, (entry.get("distributions") or {}).get(name))
            own.append(trial)
            by_id.append(trial)
            if len(by_id) > MOST_TRIALS:
                raise ValueError(f"over {MOST_TRIALS:,} trials")
        elif code == SET_PARAM:
            by_id[entry["trial_id"]].params[str(entry["param_name"])] = _external(
                entry["param_value_internal"], entry.get("distribution")
            )
        elif code == SET_STATE:
            trial = by_id[entry["trial_id"]]
            trial.state, trial.value = STATES[int(entry["state"])], _value(entry)
        elif code == SET_STEP:
            by_id[entry["trial_id"]].steps[int(entry["step"])] = float(entry["intermediate_value"])
    if not studies:
        return [], ""
    study = max(studies, key=lambda each: len(studies[each]))
    return studies[study], directions[study] if 0 <= study < len(directions) else ""


def _value(entry: dict[str, Any]) -> float:
    values = entry.get("values") or [entry.get("value")]
    return float(values[0]) if values[0] is not None else math.nan


def _external(internal: Any, distribution: Any) -> Any:
    """The value a person sees: of choices, the journal keeps the place."""
    about = json.loads(distribution) if isinstance(distribution, str) else {}
    choices = (about.get("attributes") or {}).get("choices")
    if choices is not None:
        return choices[int(internal)]
    return int(internal) if str(about.get("name", "")).startswith("Int") else internal


def _from_sqlite(file: Path) -> tuple[list[Trial], str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        deadline = time.monotonic() + LONGEST_QUERY
        database.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)  # a view may never end
        rows = database.execute("select study_id, count(*) from trials group by study_id order by 2 desc").fetchall()
        if not rows or rows[0][1] > MOST_TRIALS:
            raise ValueError("no trials" if not rows else f"over {MOST_TRIALS:,} trials")
        by_id = {}
        for trial_id, number, state in database.execute(
            "select trial_id, number, state from trials where study_id=?", (rows[0][0],)
        ):
            by_id[trial_id] = Trial(int(number), str(state))
        for trial_id, value in database.execute("select trial_id, value from trial_values"):
            if trial_id in by_id and value is not None:
                by_id[trial_id].value = float(value)
        for trial_id, name, value, about in database.execute(
            "select trial_id, param_name, param_value, distribution_json from trial_params"
        ):
            if trial_id in by_id:
                by_id[trial_id].params[str(name)] = _external(value, about)
        for trial_id, step, value in database.execute(
            "select trial_id, step, intermediate_value from trial_intermediate_values"
        ):
            if trial_id in by_id and value is not None:
                by_id[trial_id].steps[int(step)] = float(value)
        directions = database.execute(
            "select direction from study_directions where study_id=?", (rows[0][0],)
        ).fetchall()
    return list(by_id.values()), str(directions[0][0]) if directions else ""


def _from_table(table: pd.DataFrame) -> Iterator[Trial]:
    """What `study.trials_dataframe().to_csv()` gives."""
    if len(table) > MOST_TRIALS:
        raise ValueError(f"over {MOST_TRIALS:,} trials")
    for row in table.to_dict("records"):
        value = row.get("value", row.get("values_0"))
        yield Trial(
            number=int(row["number"]),
            state=str(row.get("state", "")).rpartition(".")[2].upper(),
            value=float(value) if value is not None else math.nan,
            params={str(key)[7:]: each for key, each in row.items() if str(key).startswith("params_")},
        )
