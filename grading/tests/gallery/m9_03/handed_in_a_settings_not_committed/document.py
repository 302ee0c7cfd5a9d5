rmse = {run_id: mlflow.get_run(run_id).data.metrics["test_rmse"] for run_id in [*my_runs, my_third]}
r2 = {run_id: mlflow.get_run(run_id).data.metrics["test_r2"] for run_id in [*my_runs, my_third]}
notes = {
    my_runs[0]: f"The spring ridge explains a share of {r2[my_runs[0]]:.3f} of the variance on the 78 test patients.",
    my_runs[
        1
    ]: f"The summer ridge explains {r2[my_runs[1]]:.3f} of the variance on the same 78 patients, a small gain.",
    my_third: f"Without laboratory values only {r2[my_third]:.3f} of the variance is explained, so it was refused.",
}
saw = {
    my_runs[0]: "bmi, log_triglycerides and blood pressure carry most of the forecast.",
    my_runs[1]: f"RMSE {rmse[my_runs[1]]:.2f} after {rmse[my_runs[0]]:.2f}; less than the spread between the folds.",
    my_third: f"RMSE {rmse[my_third]:.2f}; guessing the mean would give about 76.",
}
for run_id, note in notes.items():
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("mlflow.note.content", note)
        page = experiment_log(
            run_id,
            objective="Say at the first visit how far the disease will be in one year.",
            hypothesis="The second extract gives a ridge with a better R2 on unchanged test patients.",
            success_criterion="R2 above 0.47 and RMSE below 56 points.",
            observations=saw[run_id],
            conclusion=note,
            next_steps="Repeat with other splits to see if the gain is luck.",
            readiness="See the alias champion in the registry.",
            experimenter=STUDENT,
        )
        mlflow.log_text(page, "experiment_log.md")
