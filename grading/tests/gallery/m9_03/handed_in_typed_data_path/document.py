def say(run_id, conclusion, observations):
    log = experiment_log(
        run_id,
        objective="Forecast diabetes progression one year ahead.",
        hypothesis="With v2's patients the RMSE falls by 2 points or more.",
        success_criterion="RMSE at least 2 points lower on the same 78 patients.",
        observations=observations,
        conclusion=conclusion,
        next_steps="Look at the patients with the largest residuals.",
        readiness="Not ready for patients.",
    )
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("mlflow.note.content", conclusion)
        mlflow.log_text(log, "experiment_log.md")


e1, e2, e3 = (mlflow.get_run(r).data.metrics["test_rmse"] for r in (run_v1, run_v2, my_third))
say(
    run_v1,
    f"Trained on the first extract, the ridge misses by {e1:.1f} points, well below the 76 of the mean.",
    "Residuals grow with progression.",
)
say(
    run_v2,
    f"The hypothesis is refuted: with all patients it misses by {e2:.1f} points instead of {e1:.1f}, less than 2 better.",
    "Almost the same coefficients.",
)
say(
    my_third,
    f"Alpha 8000 shrinks everything and the error rises to {e3:.1f} points, so it cannot be champion.",
    "Nearly constant predictions.",
)
