mlflow.set_experiment("Diabetes progression: ridge for follow-up planning")
mlflow.set_experiment_tag(
    "mlflow.note.content",
    "Nurses plan follow-up visits a year ahead. We expect a ridge model to explain at least 40 % of the variance "
    "(test R2 of 0.40 or more); otherwise we drop the linear family.",
)
mlflow.set_experiment_tag("project", "followup-planning")
mlflow.set_experiment_tag("team", "nursing-analytics")
