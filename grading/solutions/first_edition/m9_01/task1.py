mlflow.set_experiment("diabetes-progression-forecast")
mlflow.set_experiment_tag(
    "mlflow.note.content",
    "Hypothesis: a linear model on ten baseline measurements misses by less than 60 points. "
    "Success: a test RMSE under 60, against about 76 for always predicting the mean.",
)
mlflow.set_experiment_tags({"project": "diabetes-care", "team": "clinic-data"})
