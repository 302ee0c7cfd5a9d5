for rid, start in (
    (run_a, "The first model is good enough for the contract"),
    (run_b, "More patients helped by half a point at most"),
    (my_third, "Far too strong shrinkage makes the forecast useless"),
):
    m = client.get_run(rid).data.metrics
    note = f"{start}: RMSE {m['test_rmse']:.2f} and R² {m['test_r2']:.2f} on the 78 test patients."
    client.set_tag(rid, "mlflow.note.content", note)
    page = experiment_log(
        rid,
        objective="Forecast the progression of diabetes a year ahead",
        hypothesis="With 43 % more patients the RMSE falls",
        success_criterion="RMSE below 58 on the 78 test patients",
        experimenter="Student A",
        observations="All three agree on bmi and log_triglycerides as the strongest columns.",
        conclusion=note,
        next_steps="Try a model that is not linear.",
        readiness="Only as a second opinion",
    )
    client.log_text(rid, page, "experiment_log.md")
