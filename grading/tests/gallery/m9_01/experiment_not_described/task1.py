mlflow.set_experiment("diabetes-progression-forecast")
mlflow.set_experiment_tags({"project": "diabetes-care", "team": "clinic-data"})
