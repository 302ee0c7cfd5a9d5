"""The contract that a student logged, read without trusting it, and what it says of a version."""

import tempfile
from pathlib import Path

import yaml

from grading.errors import ContractError, Unmet
from grading.evidence.contract import Clause, Contract, load_contract
from grading.evidence.evidence import Evidence
from grading.lessons.m9_03.model_versions import MadeVersion
from grading.registry.gate import edition, weigh
from grading.registry.gate_evidence import GateEvidence

LARGEST = 20_000  # bytes
ENDINGS = (".yaml", ".yml")


def logged_contract(evidence: Evidence) -> tuple[Contract, str]:
    """The newest contract among the artifacts, and its edition as the gate's history names it.

    Raises NotAttempted when there is none; Unmet for one that cannot be read, or limits nothing.
    """
    for run in reversed(evidence.started_runs):
        for path in run.artifacts.paths():
            if path.lower().endswith(ENDINGS) and "contract" in path.lower():
                rules = read_contract(run.artifacts.local(path))
                return rules, edition(rules)
    hint = "mlflow.log_artifact(...), in a run of its own"
    raise evidence.no_artifact("contract.yaml", ("contract",), ENDINGS, hint)


def read_contract(file: Path) -> Contract:
    """A contract file of a student's; raises Unmet when it is none, or has no limits."""
    try:
        raw = file.read_bytes()
        if len(raw) > LARGEST:
            raise ValueError(f"over {LARGEST // 1000} kB")
        # An alias lets a small file name a huge structure.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(raw, Loader=yaml.SafeLoader)):
            raise ValueError("YAML aliases")
        extends = (yaml.safe_load(raw) or {}).get("extends")
        if extends is not None and not str(extends).isidentifier():
            raise ValueError(f"extends: {extends!r}")
        with tempfile.TemporaryDirectory(prefix="grading-") as alone:  # what lies beside it is nobody's contract
            copy = Path(alone) / "contract.yaml"
            copy.write_bytes(raw)
            rules = load_contract(str(copy))
    except (ContractError, yaml.YAMLError, ValueError, AttributeError, RecursionError, OSError) as error:
        raise Unmet("a contract that the gate can read", error, "name, extends, thresholds") from None
    if not rules.thresholds:
        raise Unmet("limits in the contract", "no thresholds", 'thresholds: {rmse: "<= 60"}')
    return rules


def missed(evidence: Evidence, rules: Contract, made: MadeVersion) -> tuple[Clause, ...]:
    """The clauses of a contract that a version misses today, its evidence derived again."""
    weighing = GateEvidence(
        rules,
        store=evidence.store,
        part=evidence.part,
        worked_experiment=evidence.worked_experiment,
        worked_data=evidence.worked_data,
        data=evidence.data,
        code=evidence.code,
        reproducer=evidence.reproducer,
        reproductions=evidence.reproductions,
    )
    return tuple(clause for clause in weigh(rules, made.run, weighing, made.version) if not clause.met)
