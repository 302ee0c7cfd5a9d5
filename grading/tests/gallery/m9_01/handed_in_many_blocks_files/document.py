mlflow.set_experiment("predict-diabetes-progression")
rmse = mlflow.get_run(my_run).data.metrics["test_rmse"]
gain = 76 - rmse
words = f"With all pairs the test RMSE is {rmse:.1f} points, {gain:.0f} less than always predicting the mean. " + (
    "That is the gain of 20 we hoped for." if gain >= 20 else "That is short of the gain of 20 we hoped for."
)
with mlflow.start_run(run_id=my_run):
    mlflow.set_tag("mlflow.note.content", words)
texts = dict(
    objective="Find out whether interactions of the measurements help to predict progression.",
    hypothesis="A ridge on all pairs has a test RMSE at least 20 points smaller than the mean's.",
    success_criterion="76 minus test_rmse is 20 or more.",
    observations="Strong regularisation was needed: with alpha 10 the folds are worse than with 1000.",
    conclusion=words,
    next_steps="Compare with the plain ridge on the same folds, then on v2.",
    readiness="Not ready, no clinician has seen it.",
)
(folder / "experiment_log.md").write_text(experiment_log(my_run, experimenter=STUDENT, **texts))
with mlflow.start_run(run_id=my_run):
    mlflow.log_artifact(folder / "experiment_log.md")
