# TODO done: the other two
for o in others:
    mo = mlflow.get_run(fin[o]).data.metrics
    text = f"{o} is not chosen: test RMSE {mo['test_rmse']:.2f} and test MAE {mo['test_mae']:.2f}, but {best} has MAE {m['test_mae']:.2f}. Test: {ab[ab.b == fin[o]].verdict.iloc[0]}."
    mlflow.MlflowClient().set_tag(fin[o], "mlflow.note.content", text)
    log = experiment_log(
        fin[o],
        objective="Choose a model for diabetes progression.",
        hypothesis="One of the three is better by 6 points of absolute error.",
        success_criterion="p_corrected < 0.05.",
        observations=f"In training its RMSE is {mo['train_rmse']:.1f}, so it learns by heart more than {best} ({m['train_rmse']:.1f}).",
        conclusion=text,
        next_steps="Not to try again with the same patients.",
        readiness="No.",
        experimenter=STUDENT,
    )
    (tmp / "experiment_log.md").write_text(log, encoding="utf-8")
    with mlflow.start_run(run_id=fin[o]):
        mlflow.log_artifact(tmp / "experiment_log.md")
