m3 = mlflow.get_run(my_third).data.metrics
text1 = "The spring model misses on average by %.1f points (RMSE) on test patients." % m1["test_rmse"]
text2 = (
    "The summer model has RMSE %.1f, more than two points better, so the summer patients helped a lot."
    % m2["test_rmse"]
)
text3 = "Too much regularisation: RMSE goes up to %.1f and R2 down to %.2f, refused." % (m3["test_rmse"], m3["test_r2"])
for run_id, text in ((run1, text1), (run2, text2), (my_third, text3)):
    log = experiment_log(
        run_id,
        objective="Predict diabetes progression.",
        hypothesis="A ridge with more patients is better, and with too large alpha is worse.",
        success_criterion="RMSE under 65 and R2 over 0.3.",
        observations="More patients make the error clearly smaller.",
        conclusion=text,
        next_steps="Try alpha between 10 and 100 on the folds.",
        readiness="Only the champion is for use.",
        experimenter=STUDENT,
    )
    Path("tmp_diabetes/experiment_log.md").write_text(log)
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("mlflow.note.content", text)
        mlflow.log_artifact("tmp_diabetes/experiment_log.md")
shutil.rmtree("tmp_diabetes")
