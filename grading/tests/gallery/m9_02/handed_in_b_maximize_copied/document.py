mlflow.set_experiment("bogdan-diabetes-tuning")
text = "The tuned lasso-like model has test_rmse %.2f, the baseline %.2f, so tuning %s." % (
    test_rmse,
    base_rmse,
    "was useful" if test_rmse < base_rmse else "was not useful",
)
mlflow.MlflowClient().set_tag(my_final, "mlflow.note.content", text)
Path("experiment_log.md").write_text(
    experiment_log(
        my_final,
        experimenter=STUDENT,
        objective="Predict diabetes progression with fewer weights and without losing precision.",
        hypothesis="The model with the largest l1_ratio in one SE has RMSE not more than 1 worse than the baseline.",
        success_criterion="test_rmse - baseline test_rmse <= 1",
        observations="TPE did not find better candidates than the random search.",
        conclusion=text,
        next_steps="Do the search again with 10 folds.",
        readiness="No. It is homework, and 78 test patients are few.",
    )
)
with mlflow.start_run(run_id=my_final):
    mlflow.log_artifact("experiment_log.md")
