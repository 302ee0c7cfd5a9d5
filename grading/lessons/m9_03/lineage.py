"""A lineage file as evidence: each link resolved in registry, store, repository and files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.errors import Unmet
from grading.evidence import claims
from grading.evidence.data_files import read_table
from grading.evidence.evidence import Evidence
from grading.evidence.predictions import ROW_ALIASES
from grading.lessons.m9_03.data_versions import pointed_at
from grading.lessons.m9_03.model_versions import RUN_COLUMNS, VERSION_COLUMNS, MadeVersion, find_made
from grading.marking.demands import require_reproduced

LARGEST = 200_000  # bytes
MOST_ENTRIES = 200
# What each link may be called, after the name that the lesson gives it.
KEYS: Mapping[str, tuple[str, ...]] = {
    "version": VERSION_COLUMNS,
    "run_id": RUN_COLUMNS,
    "dataset_digest": ("dataset_digest", "digest", "data_digest"),
    "data_path": ("data_path", "path", "file", "data_file", "dvc_path", "dvc_file"),
    "data_md5": ("data_md5", "dvc_md5", "md5"),
    "data_commit": ("data_commit", "dvc_commit", "data_revision", "commit"),
    "code_commit": ("code_commit", "notebook_commit", "git_commit", "code_version", "mlflow.source.git.commit"),
}


def read_lineage(file: Path) -> list[dict[str, Any]]:
    """The entries of a lineage file: a list, a list under one key, or a mapping by version; raises Unmet otherwise."""
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError(f"over {LARGEST // 1000} kB")
        found = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError, OSError) as error:
        raise Unmet(f"{file.name} as JSON", error, "mlflow.log_dict(entries, ...) or json.dumps") from None
    if isinstance(found, dict) and not any(name in found for name in KEYS["version"]):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if lists else [
            {"version": key, **value} for key, value in found.items() if isinstance(value, dict)
        ]  # fmt: skip
    entries = found if isinstance(found, list) else [found]
    if not (0 < len(entries) <= MOST_ENTRIES and all(isinstance(entry, dict) for entry in entries)):
        raise Unmet(f"{file.name}: a list with an entry for each version", type(found).__name__, "a list of dicts")
    return entries


def require_chain(evidence: Evidence, entry: Mapping[str, Any], versions: tuple[MadeVersion, ...]) -> MadeVersion:
    """The version that an entry traces; raises Unmet for the first link that leads elsewhere."""
    said = {key: _said(entry, key) for key in KEYS}
    made = find_made(versions, said["version"])
    if made is None:
        known = [each.label for each in versions]
        raise Unmet(f"a lineage of {' or '.join(known)}", f"version {said['version']}", "the registry's own numbers")
    run, file = made.run, evidence.data_file(made.run)
    _link(made, "run_id", said["run_id"], run.id, "the registry")
    if said["dataset_digest"] not in {data.digest for data in run.datasets}:  # of the rows learned from, or tested
        _link(made, "dataset_digest", said["dataset_digest"], evidence.dataset(run).digest, "the run's dataset")
    _link(made, "data_md5", said["data_md5"].lower(), evidence.data.md5(file), "the file")
    repository, path = pointed_at(evidence, said["data_commit"], said["data_md5"].lower(), f"in {made.label}'s lineage")
    named = said["data_path"].replace("\\", "/").removesuffix(".dvc")
    if not (named == path or named.endswith(f"/{path}")):
        where = repository.root.name
        raise Unmet(f"data_path = {path!r} of {made.label}, as {where} has it", named, "read the pointer")
    if evidence.code.commit is not None:
        _link(made, "code_commit", said["code_commit"], evidence.code.commit, "the notebook's repository")
    return made


def _link(made: MadeVersion, key: str, said: str, actual: str, place: str) -> None:
    if said != actual:
        raise Unmet(f"{key} {actual[:16]} of {made.label}, as {place} has it", said[:40], "ask for it; do not type it")


def _said(entry: Mapping[str, Any], key: str) -> str:
    value = _value(entry, key)
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise Unmet(f"`{key}` in each entry of the lineage", sorted(map(str, entry))[:12], "one entry for each version")
    return str(value).strip()


def _value(entry: Mapping[str, Any], key: str) -> Any:
    """The value under the key or an accepted name; an entry may group its links: {"data": {"md5": …}}."""
    flat = {str(name): value for name, value in entry.items()}
    for group, inner in entry.items():
        if isinstance(inner, dict):
            flat |= {f"{group}_{name}": value for name, value in inner.items()}
            flat = {str(name): value for name, value in inner.items()} | flat
    return next((flat[name] for name in KEYS[key] if name in flat), None)


def require_predicted_again(evidence: Evidence, file: Path, owner: str, versions: tuple[MadeVersion, ...]) -> str:
    """Which version's predictions a file reproduces; raises Unmet unless they are its run's, and its model's today.

    The version is said in a column, or by the run that keeps the file (`owner`, its id).
    """
    table = read_table(file)
    columns = {str(name).lower(): name for name in table.columns}
    column = next((columns[name] for name in VERSION_COLUMNS if name in columns), None)
    if column is None:
        made = next((each for each in versions if each.run.id == owner), None)
    else:
        made = find_made(versions, table[column].iloc[0]) if table[column].nunique() == 1 else None
    if made is None:
        raise Unmet(f"one version of your model in the column version of {file.name}", list(table.columns),
                    "say whose predictions these are")  # fmt: skip
    row = next((columns[name] for name in ("row", *ROW_ALIASES) if name in columns), None)
    if row is None or "y_pred" not in columns:
        raise Unmet(f"columns version, row, y_pred in {file.name}", list(table.columns), "keep the row ids")
    kept = evidence.predictions(made.run).set_index("row")["y_pred"]
    again = table.set_index(row)[columns["y_pred"]]
    if not again.index.is_unique or set(again.index) != set(kept.index):
        raise Unmet(f"the {len(kept)} test rows of {made.label}, each once, in {file.name}", f"{len(again)} rows",
                    "the rows of its predictions.csv")  # fmt: skip
    if again.isna().any():
        raise Unmet(f"{file.name} without gaps", f"{int(again.isna().sum())} gaps")
    if wrong := claims.differences(again.loc[kept.index], kept, exact=True):
        raise Unmet(f"the predictions of {made.label} in {file.name}", f"{wrong} of {len(kept)} differ",
                    "load this version's model, and its data as of its commit")  # fmt: skip
    require_reproduced(evidence, made.run)
    return made.label
