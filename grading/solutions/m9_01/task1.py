experiment_name = "diabetes-progression-forecast"
hypothesis = (
    "Hypothesis: a linear model on ten measurements misses by less than 60 points. "
    "Success: a test RMSE under 60, against about 76 for always saying the mean."
)
mlflow.set_experiment(experiment_name)
mlflow.set_experiment_tag("mlflow.note.content", hypothesis)
mlflow.set_experiment_tags({"project": "diabetes-care", "team": "clinic-data"})
