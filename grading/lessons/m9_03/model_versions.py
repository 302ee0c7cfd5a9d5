"""Registered versions as evidence: made from their runs, described, and compared as registry and runs have it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from grading.errors import NotAttempted, Unmet
from grading.evidence.comparison import equal
from grading.evidence.contract import value_of
from grading.evidence.data_files import read_table
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import ModelVersion, Run
from grading.evidence.tables import read_board
from grading.lessons.m9_03.data_versions import MD5

LEAST_WORDS = 5  # of a description
MOST_ROWS = 200  # of a comparison
GATE = "gate."  # tags that the gate writes
VERSION = re.compile(r"(?:version|v)?\s*(\d{1,9})(?:\.0)?", re.IGNORECASE)
VERSION_COLUMNS = ("version", "model_version", "version_number")
RUN_COLUMNS = ("run_id", "run", "run_uuid")


@dataclass(frozen=True)
class MadeVersion:
    """A registered version and the run it came from."""

    version: ModelVersion
    run: Run

    @property
    def label(self) -> str:
        """As MLflow's URIs have it: name/number."""
        return f"{self.version.name}/{self.version.version}"


def versions_of(evidence: Evidence) -> tuple[MadeVersion, ...]:
    """The versions of the part's registered model that came from its main runs, oldest first.

    Of several models, the one with most versions. Raises NotAttempted or Unmet with fewer than two, from two runs.
    """
    runs = {run.id: run for run in evidence.main_runs or (evidence.main_run,)}
    made: dict[str, list[MadeVersion]] = {}
    for version in evidence.store.versions:
        if version.run_id in runs:
            made.setdefault(version.name, []).append(MadeVersion(version, runs[version.run_id]))
    hint = "client.create_model_version(name, source, run_id=...), or mlflow.register_model(model_uri, name)"
    expected = "two versions of one registered model, from two of your runs"
    if not made and (older := {run.id: run.name for run in evidence.replaced_runs}):
        earlier = [version for version in evidence.store.versions if version.run_id in older]
        if earlier:
            names = sorted({older[str(version.run_id)] for version in earlier})
            raise NotAttempted(expected, f"versions of older runs of the names {', '.join(names)}",
                               "the newest run of a name counts: run the cell that registers them again")  # fmt: skip
    if not made:
        raise NotAttempted(expected, "none", hint)
    found = max(made.values(), key=len)
    if len({each.run.id for each in found}) < 2:
        raise Unmet(expected, [each.label for each in found], hint)
    return tuple(found)


def earlier_versions(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> tuple[MadeVersion, ...]:
    """The other versions of the same model that still name a run: of earlier sessions, or of runs done again."""
    runs, known = {run.id: run for run in evidence.store.runs}, {each.version.version for each in versions}
    return tuple(
        MadeVersion(version, runs[version.run_id])
        for version in evidence.store.versions
        if version.name == versions[0].version.name and version.version not in known and version.run_id in runs
    )


def find_made(versions: tuple[MadeVersion, ...], said: object) -> MadeVersion | None:
    """The version that a table's or a file's value names: 2, "2", "v2", "name/2"."""
    match = VERSION.fullmatch(str(said).rpartition("/")[2].strip())
    return next((each for each in versions if match and each.version.version == int(match[1])), None)


def require_described(versions: tuple[MadeVersion, ...]) -> list[str]:
    """The descriptions; raises Unmet for one missing, short or another run's, and for tags that are not its run's.

    Of a run that was registered again, the newest version is asked: that is how a description is mended.
    """
    seen: dict[str, MadeVersion] = {}
    for made in {each.run.id: each for each in versions}.values():
        text = " ".join(made.version.description.split())
        if len(text.split()) < LEAST_WORDS:
            raise Unmet(f"a description of {made.label} of at least {LEAST_WORDS} words", text or "none",
                        "client.update_model_version(name, number, description=...)")  # fmt: skip
        other = seen.setdefault(text.lower(), made)
        if other.run.id != made.run.id:  # a run that was registered twice may be described twice alike
            raise Unmet(f"a description of {made.label} of its own", f"that of {other.label}", "say what is different")
        _require_tags(made)
    return list(seen)


def _require_tags(made: MadeVersion) -> None:
    own = {key: value for key, value in made.version.tags.items() if not key.startswith((GATE, "mlflow."))}
    run = made.run
    there = {key.lower(): value for place in (run.params, run.tags) for key, value in place.items()}
    shared = [key for key in own if key.lower() in there]
    for key in shared:
        said = there[key.lower()]
        if own[key].strip() != said.strip():
            raise Unmet(f"{key} = {said[:40]} on {made.label}, as its run says", own[key][:40], "take it from the run")
    md5 = value_of("dvc_md5", MD5, own)
    if not (md5 or any(key.lower().startswith("data") for key in shared)):
        raise Unmet(f"tags on {made.label} that say which data, as its run does: data_version, dvc_md5",
                    sorted(own) or "no tags", "client.set_model_version_tag(name, number, key, value)")  # fmt: skip
    if md5 and md5 != (value_of("dvc_md5", MD5, run.tags) or md5):
        raise Unmet(f"the dvc_md5 of its run on {made.label}", md5[:40], "take it from the run")


def require_same_rows(evidence: Evidence, versions: tuple[MadeVersion, ...]) -> int:
    """How many test rows the versions share; raises Unmet when one was tested on others."""
    first, *others = versions
    rows = set(evidence.predictions(first.run)["row"])
    for other in others:
        own = set(evidence.predictions(other.run)["row"])
        if own != rows:
            found = f"{len(own - rows)} rows that {first.version.version} lacks, {len(rows - own)} missing"
            raise Unmet(f"{other.label} tested on the same rows as {first.label}", found,
                        "draw the test rows once, from the first version of the data")  # fmt: skip
    return len(rows)


def judge_comparison(file: Path, versions: tuple[MadeVersion, ...], earlier: tuple[MadeVersion, ...] = ()) -> int:
    """How many numbers of a comparison table are the runs'; raises Unmet when a row is not what registry and runs say.

    A number must be the metric, rounded as it is written. `earlier`: versions that may be in the table, if true.
    """
    table = read_board(file) if file.suffix == ".json" else read_table(file, dtype=str)
    columns = {str(name).removeprefix("metrics.").lower(): str(name) for name in table.columns}
    version_column = next((columns[name] for name in VERSION_COLUMNS if name in columns), None)
    run_column = next((columns[name] for name in RUN_COLUMNS if name in columns), None)
    if version_column is None or run_column is None:
        raise Unmet("columns version and run_id in the comparison", list(table.columns), "write it from the registry")
    if len(table) > MOST_ROWS:
        raise Unmet("a row for each version in the comparison", f"{len(table)} rows", "write it from the registry")
    listed, compared = set(), 0
    for _, row in table.iterrows():
        made = find_made((*versions, *earlier), row[version_column])
        if made is None:
            raise Unmet(f"only versions of {versions[0].version.name} whose runs are there",
                        f"version {row[version_column]}", "write it from the registry")  # fmt: skip
        if str(row[run_column]) != made.run.id:
            raise Unmet(f"{made.label} with its run {made.run.id[:8]}…", f"{str(row[run_column])[:8]}…",
                        "client.get_model_version(name, number).run_id")  # fmt: skip
        if made in versions:
            listed.add(made.run.id)
        compared += sum(1 for _ in _metrics(row, made))
    if len(listed) < 2:
        labels = ", ".join(each.label for each in versions)
        raise Unmet(f"a row for each of two versions or more of {labels}", len(listed), "compare what you registered")
    if not compared:
        raise Unmet("a column with a test metric, such as test_rmse", list(table.columns), "take it from the run")
    return compared


def _metrics(row: pd.Series, made: MadeVersion) -> Iterator[str]:
    for column, text in row.items():
        name = str(column).removeprefix("metrics.")
        meaning = replace(parse(name), split=parse(name).split or "test")
        same = (key for key in made.run.metrics if parse(key) == meaning)
        key = name if name in made.run.metrics else next(same, None)
        if key is None:
            continue
        value = made.run.metrics[key]
        if not says(str(text), value):
            raise Unmet(f"{name} = {value:.6g} of {made.label}", text, "write the table from the runs; do not edit it")
        if parse(key).split in ("test", None):
            yield key


def says(text: str, value: float) -> bool:
    """Whether a written number is the value, rounded as it is written (to a whole number at the coarsest)."""
    match = re.fullmatch(r"\s*-?\d*(?:\.(\d*))?(e-?\d+)?\s*", text, re.IGNORECASE)
    if not match or not re.search(r"\d", text):
        return False
    written = float(text)
    if match[2]:
        return equal(written, value)
    return abs(written - value) <= 0.5 * 10.0 ** -len(match[1] or "") + 1e-9 and (bool(match[1]) or abs(value) >= 1)
