"""Best practices as claims: each names a run, and what in that run shows it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from grading.errors import Unmet
from grading.evidence.data_files import read_table
from grading.evidence.evidence import Evidence
from grading.evidence.markdown import cells
from grading.evidence.store import Run
from grading.evidence.tables import plain

FILE_WORDS = ("bestpractice", "practices")
ENDINGS = (".json", ".csv", ".md")
LEAST, MOST = 6, 200
LONGEST_MARKDOWN = 200_000  # characters
NAMES = re.compile(r"(best)?practices?|best|no|nr|number|item|point|tip|rule|one|two|three|four|five|six|todo|tbd|text")
COLUMNS = {
    "practice": ("practice", "bestpractice", "what", "habit"),
    "run": ("runid", "run", "runname"),
    "shown": ("shownby", "shows", "evidence", "proof", "seenin", "where"),
}


@dataclass(frozen=True)
class Practice:
    """One practice, the run it names, and what is said to show it there."""

    text: str
    run: str
    shown_by: str


def find_practices(evidence: Evidence) -> list[Practice]:
    """The practices of the newest list; raises Unmet when there is none, or it is no list of them."""
    for run in reversed(evidence.started_runs):
        for path in run.artifacts.paths():
            name = path.rpartition("/")[2].lower()
            if name.endswith(ENDINGS) and any(word in plain(name) for word in FILE_WORDS):
                return _read(run.artifacts.local(path))
    raise Unmet(
        "an artifact best_practices.json", "none in your runs", 'mlflow.log_dict(practices, "best_practices.json")'
    )


def run_of(practice: Practice, evidence: Evidence) -> Run:
    """The run that a practice names by id or name; raises Unmet when there is none."""
    for run in reversed(evidence.runs):
        if practice.run in (run.id, run.name):
            return run
    raise Unmet(f"a run of yours behind {practice.text!r}", practice.run or "no run", "its run_id, or its name")


def require_shown(practice: Practice, run: Run) -> None:
    """Raise Unmet unless the run has the param, metric, tag, file, dataset or model that the practice points to."""
    if not any(_has(run, word) for word in _words(practice.shown_by)):
        raise Unmet(
            f"{practice.shown_by or 'something'} in the run {run.name!r}, to show {practice.text!r}",
            _there(run, practice.shown_by)[:10] or "an empty run",
            "params.…, metrics.…, tags.… or the name of a file",
        )


def require_different(practices: Sequence[Practice]) -> None:
    """Raise Unmet unless as many practices as asked are each shown by something else."""
    first: dict[str, Practice] = {}
    again = [each for each in practices if first.setdefault(each.shown_by.lower(), each) is not each]
    if len(first) < LEAST:
        twice = [f"{each.text!r} and {first[each.shown_by.lower()].text!r}: {each.shown_by}" for each in again]
        hint = "give each another param, metric, tag or file of its run"
        raise Unmet(f"{LEAST} practices, each shown by something else", twice[:3], hint)


def _there(run: Run, shown_by: str) -> list[str]:
    """What the run has of the kind that was pointed to, or of all kinds."""
    kinds = {"tag": list(run.tags), "metric": list(run.metrics), "param": list(run.params)}
    kind = re.split(r"[.:/ ]", shown_by.strip(" `'\"").lower(), maxsplit=1)[0].rstrip("s")
    own = [name for name in kinds.get(kind, ()) if not name.startswith(("mlflow.log", "mlflow.source.name"))]
    return [f"{kind}s.{name}" for name in own] or [*run.params, *run.metrics, *run.artifacts.paths()]


def _words(shown_by: str) -> list[str]:
    words = [word.strip(" `'\"*()") for part in shown_by.split(",") for word in (part, part.partition("=")[0])]
    return [word for word in words if word]


def _has(run: Run, word: str) -> bool:
    files = run.artifacts.paths()
    places: dict[str, Any] = {
        "param": run.params, "metric": run.metrics, "tag": run.tags,
        "artifact": {*files, *(file.rpartition("/")[2] for file in files)},
        "file": {*files, *(file.rpartition("/")[2] for file in files)},
        "dataset": {"", *(data.name for data in run.datasets)} if run.datasets else {},
        "input": {"", *(data.name for data in run.datasets)} if run.datasets else {},
        "model": {"", *(model.name for model in run.models if model.ready)} if any(m.ready for m in run.models) else {},
    }  # fmt: skip
    kind, *rest = re.split(r"\s*[.:/ ]\s*", word, maxsplit=1)
    if kind.lower().rstrip("s") in places:
        return "".join(rest) in places[kind.lower().rstrip("s")]
    return any(word in place for key, place in places.items() if key not in ("dataset", "input", "model"))


def _read(file: Path) -> list[Practice]:
    rows = _rows(file)
    found = []
    for row in rows[:MOST]:
        values = {plain(str(key)): value for key, value in row.items()}
        told = {kind: next((str(values[n]) for n in names if n in values), "") for kind, names in COLUMNS.items()}
        if told["practice"].strip():
            found.append(Practice(told["practice"].strip()[:200], told["run"].strip(), told["shown"].strip()))
    if len({practice.text.lower() for practice in found}) < LEAST:
        expected = f"at least {LEAST} practices in {file.name}, each with practice, run_id and shown_by"
        raise Unmet(expected, f"{len(found)}", "a list of dicts, or a table")
    telling = [practice for practice in found if _telling(practice.text)]
    if len({_telling(practice.text) for practice in telling}) < LEAST:
        empty = [practice.text for practice in found if practice not in telling]
        expected = f"{LEAST} practices in {file.name} that say what one does"
        raise Unmet(expected, empty[:3] or "the same one several times", "a few words, such as: keep the predictions")
    return found


def _telling(text: str) -> tuple[str, ...]:
    """The words of a practice that say something; a name and a number say nothing."""
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    return tuple(word for word in words if not NAMES.fullmatch(word))


def _rows(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".csv":
        return [dict(row) for row in read_table(file).astype(str).to_dict("records")]
    text = file.read_text("utf-8", "replace")
    if file.suffix == ".md":
        lines = [cells(line) for line in text[:LONGEST_MARKDOWN].splitlines() if line.strip().startswith("|")]
        return [dict(zip(lines[0], line, strict=False)) for line in lines[2:]] if lines else []
    try:
        content = json.loads(text)
        if isinstance(content, dict) and {"columns", "data"} <= content.keys():  # as mlflow.log_table writes it
            return [dict(row) for row in pd.DataFrame(content["data"], columns=content["columns"]).to_dict("records")]
    except (ValueError, TypeError, RecursionError) as error:
        raise Unmet(f"{file.name} as JSON", str(error)[:100], "mlflow.log_dict(...)") from None
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), [])
    return [row for row in content if isinstance(row, dict)] if isinstance(content, list) else []
