"""The registry: a new version of the model, and the gate that decides whether it becomes champion."""

import mlflow
from mlflow import MlflowClient

from grading.errors import GradingError
from grading.registry.gate import hold
from grading.registry.promotion import promote
from params import Params


def register(run_id: str, model_id: str, params: Params) -> tuple[str, str]:
    """A new version, first as challenger; champion when the gate lets it pass.

    Returns `name/version`, and what happened, as a sentence.
    """
    wanted, uri, client = params.registry, mlflow.get_tracking_uri(), MlflowClient()
    name = wanted.model
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name, description="Tells malignant from benign breast tumours.")
    note = client.get_run(run_id).data.tags["mlflow.note.content"]
    tags = {"data_version": params.data.version}
    version = client.create_model_version(
        name, f"models:/{model_id}", run_id=run_id, model_id=model_id, tags=tags, description=note
    ).version
    target = f"{name}/{version}"
    client.set_registered_model_alias(name, "challenger", version)
    try:
        ruling = hold(wanted.contract, target, uri)
        why = "; ".join(f"{clause.expected}, found {clause.found}" for clause in ruling.unmet)
        client.set_model_version_tag(name, version, "gate", f"refused: {why}"[:4000] if why else "passed")
        if not ruling.met:
            return target, f"refused by {wanted.contract}: {why}"
        event = promote(ruling, wanted.alias, uri, why=f"pipeline run on {params.data.version}")
    except GradingError as error:
        return target, f"not promoted: {error}"
    client.delete_registered_model_alias(name, "challenger")
    notes = "".join(f"\n! {note}" for note in event.notes)
    return target, f"meets {wanted.contract} and is {wanted.alias} now{notes}"
