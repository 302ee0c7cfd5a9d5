mlflow.set_experiment("diabetes-progression")
mlflow.set_experiment_tag(
    "mlflow.note.content",
    "We expect that a ridge regression on the ten baseline measurements predicts progression better than the mean: "
    "test RMSE below 60 points (the mean misses by about 76).",
)
mlflow.set_experiment_tags({"project": "diabetes", "team": "clinic-data"})
