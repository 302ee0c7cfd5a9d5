exp_name = "diabetes_progression_triage_v0"
mlflow.set_experiment(exp_name)
mlflow.set_experiment_tags(
    {
        "project": "triage-diabetes",
        "team": "Li Na and friends",
        "mlflow.note.content": "Hypothesis: with products of two columns the Ridge is better than usual, test RMSE under 50.0 points. Success = test_rmse < 50.0",
    }
)
