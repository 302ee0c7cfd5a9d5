"""The experiment log: docs/experiment_log_template.md filled from a run.

Every kernel of the environment imports this module when it starts, so it imports what fills the log only when it is
called.
"""

from collections.abc import Mapping

from grading.evidence.log_reading import TEMPLATE, fill
from grading.evidence.markdown import literal
from grading.evidence.open_store import open_store
from grading.evidence.store import Store, find_run

# What only a person can say; the experimenter is MLflow's user unless said.
PERSONAL = ("objective", "hypothesis", "success_criterion", "observations", "conclusion", "next_steps", "readiness")
IN_TABLES = ("experimenter", "reviewer")  # of one line
MAY_SAY = (*PERSONAL, *IN_TABLES)
UNREVIEWED = "not reviewed"


def experiment_log(run_id: str, *, tracking_uri: str | None = None, **personal: str) -> str:
    """The filled experiment log of a run, as Markdown.

    `personal`: objective, hypothesis, success_criterion, observations, conclusion, next_steps and readiness: what only
    a person can say; whatever is left out is marked as missing. And, when wanted, reviewer, and experimenter instead of
    the user's name. `tracking_uri`: MLflow's current one unless given.
    Raises TypeError for another keyword and StoreError when there is no such run.
    """
    refuse_unknown(personal, MAY_SAY)
    from grading.documents.log_values import values_of
    from grading.evidence.run_facts import RunFacts

    store = current_store(tracking_uri)
    values = values_of(RunFacts(store, find_run(store, run_id))) | {"reviewer": UNREVIEWED}
    return fill(TEMPLATE.read_text("utf-8"), values | in_place(personal, IN_TABLES), PERSONAL)


def refuse_unknown(personal: Mapping[str, str], known: tuple[str, ...]) -> None:
    """Raise TypeError when a person says something that has no place, or is no text."""
    wrong = [name for name, text in personal.items() if name not in known or not isinstance(text, str)]
    if wrong:
        raise TypeError(f"expected texts for some of {', '.join(known)}; found {', '.join(wrong)}")


def in_place(personal: Mapping[str, str], in_tables: tuple[str, ...]) -> dict[str, str]:
    """What a person said, those of one line so that a table can hold them; nothing said is left out."""
    said = {name: literal(text) if name in in_tables else text for name, text in personal.items()}
    return {name: text for name, text in said.items() if text.strip()}


def current_store(tracking_uri: str | None) -> Store:
    """The store at this URI, or at MLflow's current one; raises StoreError when there is none."""
    if tracking_uri is None:
        import mlflow

        tracking_uri = mlflow.get_tracking_uri()
    return open_store(tracking_uri)
