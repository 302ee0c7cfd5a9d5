"""The gate: hold a run, or a registered version's run and model, to a contract; what can be derived again is."""

import contextlib
import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from grading.errors import InputError, Outcome, StoreError, Unmet, shorten
from grading.evidence import claims
from grading.evidence.code_version import CodeVersion
from grading.evidence.contract import Clause, Contract, clauses, limited_values, load_contract
from grading.evidence.data_files import DATA
from grading.evidence.evidence import REFUSAL
from grading.evidence.model_answer import Reproducer
from grading.evidence.open_store import open_store
from grading.evidence.store import ModelVersion, Run, Store, find_run, find_version
from grading.marking.demands import (
    claimed,
    compare_parameters,
    compare_test_metrics,
    require_data_version,
    require_reproduced,
)
from grading.registry.gate_evidence import GateData, GateEvidence
from grading.running.environment import bare_environment
from grading.running.reproduction import reproduce


@dataclass(frozen=True)
class Ruling:
    """What the gate says: which run, or version, was held to which contract, clause by clause."""

    contract: str
    run: Run
    clauses: tuple[Clause, ...]
    version: ModelVersion | None = None  # None when a run was held
    versions: tuple[ModelVersion, ...] = ()  # all of that model's, with their aliases, when the ruling began
    edition: str = ""  # the contract's name, and the hash of one that is a file
    worse_than: Mapping[str, str] = field(default_factory=dict)  # alias → in what its holder is better

    @property
    def unmet(self) -> tuple[Clause, ...]:
        """The clauses that are not met."""
        return tuple(clause for clause in self.clauses if not clause.met)

    @property
    def met(self) -> bool:
        """Whether the run has everything that the contract asks, and its evidence bears it out."""
        return not self.unmet


def hold(
    contract: str,
    target: str,
    tracking_uri: str,
    data: Iterable[Path] = (),
    reproducer: Reproducer | None = None,
) -> Ruling:
    """Hold a run id or `model/version` to a contract (a name of ours, or a YAML file), and derive again what it claims.

    `data`: folders to look for the data file in, besides the course's and the current one. `reproducer` asks the model;
    unless given, an ordinary process of its own does, which is right for models of one's own.
    A refusal is noted on the run, as far as the store lets us write; nothing else is written.
    Raises InputError for a wrong contract or folder, StoreError for a run or version not there.
    """
    rules, folders = load_contract(contract), tuple(data)
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise InputError(f"expected a folder with data at {missing[0].absolute()}; found none")
    store = open_store(tracking_uri)
    run, version = resolve(store, target)
    siblings = tuple(each for each in store.versions if each.name == version.name) if version else ()
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as private:
        evidence = GateEvidence(
            rules,
            store=store,
            part="practice",
            data=GateData((DATA, Path.cwd(), *folders)),
            code=CodeVersion(None),
            # The model is somebody's code: it gets nothing of ours, no password of a tracking server either.
            reproducer=reproducer or partial(reproduce, environment=bare_environment(Path(private))),
        )
        found = weigh(rules, run, evidence, version)
    worse = _worse(rules, run, siblings, store) if version else {}
    named = contract if contract == rules.name else edition(rules)
    ruling = Ruling(rules.name, run, found, version, siblings, named, worse)
    if not ruling.met:
        _note_refusal(ruling, tracking_uri)
    return ruling


def _note_refusal(ruling: Ruling, tracking_uri: str) -> None:
    """Write on the run that it was refused, by which contract and for what: a refusal is a result, too."""
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    missed = [clause.key for clause in ruling.unmet]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    note = json.dumps({"contract": ruling.edition, "at": at, "missed": missed}, ensure_ascii=False)
    with contextlib.suppress(MlflowException, OSError):  # a store that we may only read
        MlflowClient(tracking_uri=tracking_uri).set_tag(ruling.run.id, REFUSAL, note)


def weigh(rules: Contract, run: Run, evidence: GateEvidence, version: ModelVersion | None = None) -> tuple[Clause, ...]:
    """Every clause of the contract, and every demand on the evidence behind it, met or not; nothing is written."""
    return (*_asked(rules, run, evidence), *_borne_out(evidence, run, version))


def edition(rules: Contract) -> str:
    """Name and hash of a contract that is a file, which somebody may change; ours go by their names alone."""
    return f"{rules.name}, sha256 {hashlib.sha256(rules.model_dump_json().encode()).hexdigest()[:12]}"


def resolve(store: Store, target: str) -> tuple[Run, ModelVersion | None]:
    """The run that a run id (or its beginning) names; or the version that `model/version` names, and its run.

    Raises StoreError when there is none, or the run was deleted.
    """
    if "/" not in target:
        return _alive(find_run(store, target), target), None
    version = find_version(store, target)
    if not version.run_id:
        raise StoreError(f"{target} was registered without a run: there is nothing to hold to a contract")
    run = next((run for run in store.runs if run.id == version.run_id), None)
    if run is None:
        raise StoreError(f"expected the run {version.run_id} that {target} came from; found none: it was deleted")
    return _alive(run, target), version


def _worse(rules: Contract, run: Run, siblings: Iterable[ModelVersion], store: Store) -> dict[str, str]:
    """For each alias, the metrics with a limit that its holder's run has better than this one: a note, no refusal."""
    found: dict[str, str] = {}
    runs = {each.id: each for each in store.runs}
    for holder in siblings:
        other = runs.get(holder.run_id or "")
        if not holder.aliases or other is None or other.id == run.id:
            continue
        better = []
        for key in rules.thresholds:
            sign = 1 if rules.metrics[key].better == "higher" else -1
            pairs = zip(limited_values(rules, run, key)[:1], limited_values(rules, other, key)[:1], strict=False)
            better += [f"{key} {that:.4g}, this one {this:.4g}" for this, that in pairs if sign * (this - that) < 0]
        if better:
            found |= {alias: f"{holder.name}/{holder.version} has {'; '.join(better)}" for alias in holder.aliases}
    return found


def _alive(run: Run, target: str) -> Run:
    if run.deleted:
        restore = f'mlflow.MlflowClient().restore_run("{run.id}")'
        raise StoreError(
            f"expected a run behind {target}; found {run.id}, which was deleted. To have it back: {restore}"
        )
    return run


def _asked(rules: Contract, run: Run, evidence: GateEvidence) -> list[Clause]:
    """What was logged, clause by clause; a limit is held to what the predictions give, not to a rounded number."""
    binary = evidence.is_binary(run)
    try:
        logged = clauses(rules, run, binary=binary)
    except Outcome as outcome:  # a server that does not give the list of files
        return [_refused("artifacts", outcome)]
    metrics = dict(run.metrics)
    for name, key, threshold in claimed(evidence, run):
        try:
            derived = claims.derive(key, evidence.predictions(run), threshold=threshold, params=run.params)
        except Outcome:
            continue  # the clause of the evidence says it
        logged_value = metrics[name]
        if not derived:  # a ROC AUC of one class, or of three: no limit is met by a number that nobody can check
            metrics[name] = math.nan
        elif math.isfinite(logged_value):
            metrics[name] = min(derived, key=lambda value, claim=logged_value: abs(value - claim))  # type: ignore[misc]
    again = clauses(rules, replace(run, metrics=metrics), binary=binary)
    return [new if new.kind == "threshold" else old for old, new in zip(logged, again, strict=True)]


def _borne_out(evidence: GateEvidence, run: Run, version: ModelVersion | None) -> list[Clause]:
    """What was claimed, derived again: one clause a demand."""
    asked = []
    if version is not None:
        made_from = f"{version.name}/{version.version} to be made from a model that its run logged"
        try:
            run = with_its_model(evidence.store, run, version)
            found = f"{run.models[0].name}, {run.models[0].id}"
            asked.append(Clause(kind="evidence", key="version", expected=made_from, found=found, met=True))
        except Outcome as outcome:
            asked.append(_refused("version", outcome))
    for key, (expected, demand) in DEMANDS.items():
        try:
            asked.append(Clause(kind="evidence", key=key, expected=expected, found=demand(evidence, run), met=True))
        except Outcome as outcome:
            asked.append(_refused(key, outcome))
    return asked


def _refused(key: str, outcome: Outcome) -> Clause:
    found = outcome.found or "nothing"
    return Clause(kind="evidence", key=key, expected=outcome.expected, found=found, met=False, hint=outcome.hint)


def with_its_model(store: Store, run: Run, version: ModelVersion) -> Run:
    """The run with that model alone which the version serves; raises Unmet when it is not one of the run's."""
    # Not by the source's name: a copied version names another, whose name may serve something else by now.
    place = store.location(version)
    # `models:/m-…` is one model for ever; `runs:/…/name` is the newest of that name.
    served = [
        m
        for m in run.models
        if m.ready and (m.folder.are_at(place) or place in (f"models:/{m.id}", f"runs:/{run.id}/{m.name}"))
    ]
    if not served:
        ready = shorten([m.id for m in run.models if m.ready]) or "no model"
        raise Unmet(
            f"{version.name}/{version.version} to be made from a model that its run logged",
            f"{version.source or 'no source'}; the run has {ready}",
            "mlflow.register_model(model_info.model_uri, name)",
        )
    return replace(run, models=(served[-1],))


def _metrics(evidence: GateEvidence, run: Run) -> str:
    truth = evidence.predictions(run)["y_true"]
    if evidence.is_classification(run) and truth.nunique() < 2:
        raise Unmet("test rows of two classes or more", f"{len(truth)} rows of class {truth.iloc[0]} alone",
                    "keep every test row: on one class alone a constant answer is perfect")  # fmt: skip
    found = f"{compare_test_metrics(evidence, run)} computed again, all equal"
    return f"{found}; {', '.join(evidence.believed)} as logged" if evidence.believed else found


def _data(evidence: GateEvidence, run: Run) -> str:
    return f"sha256 and labels of {require_data_version(evidence, run)}"


def _model(evidence: GateEvidence, run: Run) -> str:
    require_reproduced(evidence, run)
    return f"{len(evidence.predictions(run))} predictions, all equal"


def _parameters(evidence: GateEvidence, run: Run) -> str:
    return f"{compare_parameters(evidence, run)} hyperparameters, all equal"


DEMANDS: dict[str, tuple[str, Callable[[GateEvidence, Run], str]]] = {
    "metrics": ("test metrics that predictions.csv gives", _metrics),
    "data": ("the data file that was tagged, and its labels in predictions.csv", _data),
    "model": ("a model that gives predictions.csv again in another process", _model),
    "parameters": ("params that are the model's", _parameters),
}
