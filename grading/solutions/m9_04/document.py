for family in ("tree", "forest"):
    run_id = finals[family]
    reached = tools.logged_metrics(run_id)["test_rmse"]
    verdict = tests.set_index("b").loc[run_id, "verdict"]
    conclusion = f"Not chosen: the {family} has a test RMSE of {reached:.2f} points; compared with ridge: {verdict}."
    client.set_tag(run_id, "mlflow.note.content", conclusion)
    log = experiment_log(
        run_id,
        objective="Choose the family that forecasts how far diabetes has gone.",
        hypothesis=f"A {family} errs at least 6 points less than a linear model.",
        success_criterion="A corrected p below 0.05 on patients never seen.",
        observations="Most patients are hard for all families alike.",
        conclusion=conclusion,
        next_steps="None for this family.",
        readiness="Not ready: another family was chosen.",
        experimenter=STUDENT,
    )
    mlflow.log_text(log, "experiment_log.md", run_id=run_id)
