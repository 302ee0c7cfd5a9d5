"""Failed runs: each says why it failed, and none is left running."""

import re

from grading.errors import Unmet
from grading.evidence.evidence import Evidence

REASON_TAG = re.compile(r"reason|fail|error|cause|exception", re.I)


def judge_failure(evidence: Evidence) -> str:
    """A failed run and its reason; raises Unmet when there is none, and for a run that is left RUNNING."""
    running = [run.name for run in evidence.started_runs if run.status in ("RUNNING", "SCHEDULED")]
    if running:
        raise Unmet("no run left RUNNING", running, 'MlflowClient().set_terminated(run_id, "FAILED")')
    failed = [run for run in (*evidence.runs, *evidence.deleted_runs) if run.status in ("FAILED", "KILLED")]
    for run in failed:
        reason = next((value for key, value in run.tags.items() if REASON_TAG.search(key) and value.strip()), None)
        if reason:
            return f"{run.name!r}: {reason}"
    said = [f"{run.name} is FAILED without a reason" for run in failed]
    said += [
        f"{run.name} gives a reason, but is {run.status}"
        for run in evidence.runs
        if run not in failed and any("reason" in key.lower() for key in run.tags)
    ]
    hint = 'inside the except: mlflow.set_tag("failure_reason", str(error)), then mlflow.end_run("FAILED")'
    raise Unmet(
        "a run with the status FAILED and a tag such as `failure_reason`", "; ".join(said) or "no failed run", hint
    )
