"""The model card: docs/model_card_template.md filled from a registered version and its run, and read back.

Like the experiment log's, this module imports what fills the card only when it is called.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grading.documents.experiment_log import current_store, in_place, refuse_unknown
from grading.errors import StoreError
from grading.evidence.log_reading import fill, problems
from grading.evidence.markdown import listed, literal, one_line, table
from grading.evidence.store import ModelVersion, Run, find_run, find_version
from grading.files import ROOT

if TYPE_CHECKING:
    from grading.evidence.run_facts import RunFacts

CARD_NAME = "model_card.md"
TEMPLATE = ROOT / "docs" / "model_card_template.md"
SECTIONS = ("model details", "intended use", "training data", "evaluation data", "performance", "limitations",
            "ethical considerations", "reproduce it", "governance")  # fmt: skip
PERSONAL = ("intended_use", "not_for", "limitations", "ethical_considerations", "contact")
IN_TABLES = ("contact",)
GATE = "gate."  # how the tags of the promotion gate begin: gate.<alias>.<number>
EVENT = ("action", "by", "at", "contract", "previous", "why")


def model_card(target: str, *, tracking_uri: str | None = None, **personal: str) -> str:
    """The filled card of a registered version, such as `screening/3`, as Markdown.

    `personal`: intended_use, not_for, limitations, ethical_considerations and contact: what only a person can say;
    whatever is left out is marked as missing. `tracking_uri`: MLflow's current one unless given.
    Raises TypeError for another keyword, and StoreError when there is no such version, or it has no run.
    """
    refuse_unknown(personal, PERSONAL)
    from grading.documents.log_values import values_of
    from grading.evidence.run_facts import RunFacts

    store = current_store(tracking_uri)
    version = find_version(store, target)
    if not version.run_id:
        raise StoreError(f"{target} was registered without a run: nothing is known about it; register it from its run")
    facts = RunFacts(store, find_run(store, version.run_id))
    values = values_of(facts) | _of_version(version, facts)
    return fill(TEMPLATE.read_text("utf-8"), values | in_place(personal, IN_TABLES), PERSONAL)


def problems_of_card(text: str, run: Run) -> Iterator[str]:
    """What is wrong with a card, read back against its version's run: a gap, a placeholder, a false number."""
    return problems(text, run, TEMPLATE.read_text("utf-8"), SECTIONS, results="performance")


def _of_version(version: ModelVersion, facts: "RunFacts") -> dict[str, str]:
    own = {name: value for name, value in sorted(version.tags.items()) if not name.startswith(GATE)}
    uri = one_line(f"models:/{version.name}/{version.version}")
    return {
        "version_name": literal(f"{version.name}/{version.version}"),
        "aliases": ", ".join(map(literal, version.aliases)) or "none",
        "lineage": _lineage(version, facts),
        "load_command": f"```python\nimport mlflow\n\nmodel = mlflow.pyfunc.load_model({json.dumps(uri)})\n```",
        "history": _history(version) or "No promotion through the gate is recorded on this version.",
        "version_tags": table(("Tag", "Value"), [(literal(name), literal(value)) for name, value in own.items()])
        or "No other tags on this version.",
    }


def _lineage(version: ModelVersion, facts: "RunFacts") -> str:
    """From the version to the run, to the data and to the code."""
    from grading.documents.log_values import code_commit, data_hash, uncommitted

    run = facts.run
    data = [f"{literal(each.name)}, digest {literal(each.digest)}" for each in run.datasets]
    deleted = ", which was deleted" if run.deleted else ""
    return listed({
        "Version": f"{literal(version.name)}/{version.version}, from {literal(version.source)}",
        "Run": f"{literal(run.name)}, {literal(run.id)}{deleted}",
        "Dataset": "; ".join(data),
        "sha256 of the data": data_hash(facts),
        "Commit": code_commit(facts),
        "Uncommitted changes": uncommitted(facts),
    })  # fmt: skip


def _history(version: ModelVersion) -> str:
    """What the promotion gate did with this version, oldest first."""
    from grading.registry.promotion import KEY, history

    aliases = {match["alias"] for key in version.tags if (match := KEY.fullmatch(key))}
    events = [event for alias in aliases for event in history([version], version.name, alias)]
    rows = [
        (literal(event.alias), *(literal(_shown(getattr(event, name))) for name in EVENT))
        for event in sorted(events, key=lambda event: (event.at, event.number))
    ]
    return table(("Alias", *(name.capitalize() for name in EVENT)), rows)


def _shown(value: object) -> object:
    return "nobody" if value is None else value
