mlflow.set_experiment("diabetes-progression-tuning")
promised = mlflow.get_run(space_id).data.params
conclusion = (
    f"Tuned, the test RMSE is {tuned_rmse:.2f}; with untouched settings it is "
    f"{plain_rmse:.2f}. The gain is smaller than the standard error of the folds."
)
log = experiment_log(
    final_id,
    experimenter=STUDENT,
    objective="Find out what tuning gains for the diabetes forecast.",
    hypothesis=promised["hypothesis"],
    success_criterion=promised["success_criterion"],
    observations="Products of measurements never helped; the best candidates lie close.",
    conclusion=conclusion,
    next_steps="Ask for more patients before more trials.",
    readiness="Not ready: the gain is within the noise of one split.",
)
with mlflow.start_run(run_id=final_id):
    mlflow.set_tag("mlflow.note.content", conclusion)
    mlflow.log_text(log, "experiment_log.md")
