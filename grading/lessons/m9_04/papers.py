"""The papers of a decision: the chosen run's experiment log, and the model card of its registered version."""

from grading.documents.model_card import CARD_NAME, problems_of_card
from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.log_reading import LOG_NAME, problems_of
from grading.evidence.store import ModelVersion, Run
from grading.lessons.m9_04.log_depth import require_depth
from grading.marking.demands import require_conclusion


def registered(evidence: Evidence) -> list[tuple[ModelVersion, Run]]:
    """The registered versions of the final runs, newest first."""
    runs = {run.id: run for run in evidence.main_runs}
    found = [(version, runs[version.run_id]) for version in evidence.store.versions if version.run_id in runs]
    return sorted(found, key=lambda pair: (pair[1].start_time, pair[0].version), reverse=True)


def judge_log(evidence: Evidence, run: Run) -> str:
    """What the run's experiment log has, in words; raises Unmet unless it is complete and the run has a conclusion."""
    text = text_of(run, LOG_NAME, "experiment_log(run_id, ...)")
    if wrong := next(iter(problems_of(text, run)), None):
        raise Unmet("a complete experiment log with the run's own numbers", wrong, "write it again from the run")
    require_conclusion(run, evidence.compared_runs)
    return require_depth(text, evidence, run)


def judge_card(version: ModelVersion, run: Run) -> str:
    """Whose card it is, in words; raises Unmet unless the run has a complete one of this version."""
    name = f"{version.name}/{version.version}"
    text = text_of(run, CARD_NAME, f'model_card("{name}", ...)')
    if name not in text:
        raise Unmet(f"a card of {name}", text.strip().splitlines()[0][:80] if text.strip() else "an empty file",
                    "the card says which version it is of")  # fmt: skip
    if wrong := next(iter(problems_of_card(text, run)), None):
        raise Unmet("a complete model card with the numbers of the version's run", wrong, "write it again")
    return f"the card of {name}"


def path_of(run: Run, name: str) -> str | None:
    """Where the run keeps the artifact of this name, in whatever capitals; None when it has none."""
    return next((path for path in run.artifacts.paths() if path.rpartition("/")[2].lower() == name.lower()), None)


def text_of(run: Run, name: str, how: str) -> str:
    """The text of the run's artifact of this name; raises Unmet when it has none. `how`: what writes it."""
    path = path_of(run, name)
    if path is None:
        found = run.artifacts.paths()[:8] or "no artifacts"
        raise Unmet(f"{name} in the run {run.name!r}", found, f'mlflow.log_text({how}, "{name}", run_id=...)')
    return run.artifacts.local(path).read_text("utf-8", "replace")
