mlflow.set_experiment("diabetes-progression-forecast")
mlflow.set_experiment_tag(
    "mlflow.note.content",
    "Hypothesis: a linear model on ten baseline measurements predicts progression well. Success: a good test RMSE.",
)
mlflow.set_experiment_tags({"project": "diabetes-care", "team": "clinic-data"})
