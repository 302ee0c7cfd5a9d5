r2 = {run: mlflow.get_run(run).data.metrics["test_r2"] for run in (*my_runs, my_third)}
notes = {
    my_runs[0]: f"Spring's ridge explains {r2[my_runs[0]]:.1%} of the variance in the test patients' progression.",
    my_runs[
        1
    ]: f"133 more patients raise the explained variance only to {r2[my_runs[1]]:.3f}, from {r2[my_runs[0]]:.3f}.",
    my_third: f"Shrunk nearly to the mean it explains {r2[my_third]:.3f}, so the gate was right to refuse it.",
}
for run_id, note in notes.items():
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("mlflow.note.content", note)
        mlflow.log_text(
            experiment_log(
                run_id,
                objective="How ill will a patient be in a year?",
                hypothesis="R2 rises by 0.05 with v2.",
                success_criterion="R2 at least 0.05 higher",
                experimenter=STUDENT,
                observations=note,
                conclusion=note,
                next_steps="Interactions of bmi and blood pressure.",
                readiness="no",
            ),
            "experiment_log.md",
        )
