from collections.abc import Callable

import mlflow
import pytest

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.papers import registered, text_of


def test_a_papers_text_is_found_in_any_folder(evidence: Callable[[], Evidence]) -> None:
    with mlflow.start_run():
        mlflow.log_text("how it went", "papers/experiment_log.md")
    (run,) = evidence().runs
    assert text_of(run, "experiment_log.md", "experiment_log(run_id)") == "how it went"
    with pytest.raises(Unmet, match=r"model_card\.md in the run"):
        text_of(run, "model_card.md", "model_card(name)")


def test_only_versions_of_final_runs_count(evidence: Callable[[], Evidence]) -> None:
    with mlflow.start_run() as run:
        pass
    client = mlflow.MlflowClient()
    client.create_registered_model("screening")
    client.create_model_version("screening", source=run.info.artifact_uri, run_id=run.info.run_id)
    assert evidence().store.versions
    assert registered(evidence()) == []
