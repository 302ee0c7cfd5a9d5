"""The gate: hold one run, or a registered version's run, to a contract."""

from dataclasses import dataclass

from grading.claims import is_binary
from grading.contract import Clause, clauses, load_contract
from grading.errors import Outcome, StoreError
from grading.predictions import read_predictions
from grading.store import Run, Store, find_run, open_store


@dataclass(frozen=True)
class Ruling:
    """What the gate says: which run was held to which contract, clause by clause."""

    contract: str
    run: Run
    clauses: tuple[Clause, ...]

    @property
    def met(self) -> bool:
        """Whether the run has everything that the contract asks."""
        return all(clause.met for clause in self.clauses)


def hold(contract: str, target: str, tracking_uri: str) -> Ruling:
    """Hold a run id or `model/version` to a contract (a name of ours, or a YAML file).

    Raises ContractError for a wrong contract and StoreError when there is no such run or version.
    """
    rules = load_contract(contract)
    run = resolve(open_store(tracking_uri), target)
    try:
        binary = is_binary(read_predictions(run))
    except Outcome:
        binary = True  # without predictions nothing is excused
    return Ruling(rules.name, run, tuple(clauses(rules, run, binary=binary)))


def resolve(store: Store, target: str) -> Run:
    """The run that a run id (or its beginning), or the run that `model/version` came from."""
    name, slash, number = target.rpartition("/")
    if not slash:
        return find_run(store, target)
    for version in store.versions:
        if version.name == name and str(version.version) == number:
            if not version.run_id:
                raise StoreError(f"{target} was registered without a run: there is nothing to hold to a contract")
            return find_run(store, version.run_id)
    known = ", ".join(f"{version.name}/{version.version}" for version in store.versions) or "no versions"
    raise StoreError(f"expected a registered version such as name/1; found {target!r}, and the store has {known}")
