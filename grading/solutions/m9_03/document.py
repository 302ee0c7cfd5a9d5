observations = {
    my_runs[0]: "Large values are missed most.",
    my_runs[1]: "A small gain on the same patients.",
    my_third: "Over 60: the gate refused it.",
}
for run_id, observed in observations.items():
    run = mlflow.get_run(run_id)
    rmse = run.data.metrics["test_rmse"]
    conclusion = f"The model {run.info.run_name} misses by {rmse:.2f} points (RMSE)."
    log = experiment_log(
        run_id,
        objective="Say early which patients' diabetes will progress.",
        hypothesis="More patients make the forecast better.",
        success_criterion="A lower test RMSE on the same patients, and under 60.",
        observations=observed,
        conclusion=conclusion,
        next_steps="Ask how large a gain 78 test patients can show.",
        readiness="As the champion alias says.",
    )
    mlflow.log_text(log, "experiment_log.md", run_id=run_id)
    mlflow.MlflowClient().set_tag(run_id, "mlflow.note.content", conclusion)
