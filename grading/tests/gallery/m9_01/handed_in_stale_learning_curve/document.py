mlflow.set_experiment("diabetes-progression")
rmse = mlflow.get_run(my_run).data.metrics["test_rmse"]
conclusion = f"Ridge reaches a test RMSE of {rmse:.1f} points, so it beats the mean."
log = experiment_log(
    my_run,
    objective="Predict diabetes progression one year ahead.",
    hypothesis="Test RMSE below 60 points.",
    success_criterion="Test RMSE below 60 points.",
    observations="The learning curve flattens; residuals are large for the sickest patients.",
    conclusion=conclusion,
    next_steps="Try the full extract, v2.",
    readiness="Not ready.",
    experimenter=STUDENT,
)
client.set_tag(my_run, "mlflow.note.content", conclusion)
mlflow.log_text(log, "experiment_log.md", run_id=my_run)
