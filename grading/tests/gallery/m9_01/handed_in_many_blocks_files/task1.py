mlflow.set_experiment("predict-diabetes-progression")
mlflow.set_experiment_tag(
    "mlflow.note.content",
    "If interactions of the measurements matter, then a ridge on all pairs has a test RMSE at least 20 points smaller than the mean's 76.",
)
mlflow.set_experiment_tags({"project": "diabetes-2026", "team": "ml-course"})
