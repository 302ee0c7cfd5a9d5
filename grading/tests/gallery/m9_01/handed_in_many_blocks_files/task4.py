mlflow.set_experiment("predict-diabetes-progression")
splits = KFold(3, shuffle=True, random_state=SEED)
for alpha in (10, 100, 1000):
    with mlflow.start_run(run_name=f"pairs-{alpha}", tags={"version": "0.2", "stage": "candidate"}) as parent:
        folds = []
    for fold, (fit, held) in enumerate(splits.split(diabetes_train)):
        a, b = diabetes_train.iloc[fit], diabetes_train.iloc[held]
        p = clone(regressor).set_params(ridge__alpha=alpha).fit(a[baseline], a.progression)
        folds.append(metrics.root_mean_squared_error(b.progression, p.predict(b[baseline])))
        with mlflow.start_run(run_name=f"pairs-{alpha}-{fold}", parent_run_id=parent.info.run_id):
            mlflow.log_param("fold", fold)
            mlflow.log_metric("rmse", folds[-1])
    with mlflow.start_run(run_id=parent.info.run_id):
        mlflow.log_metric("cv_rmse_mean", pd.Series(folds).mean())
        mlflow.log_metric("cv_rmse_std", pd.Series(folds).std())

with mlflow.start_run(
    run_name="alpha-as-text", tags={"failure_reason": "alpha was read from a file as text and not converted"}
):
    try:
        clone(regressor).set_params(ridge__alpha="ten").fit(diabetes_train[baseline], train_y)
    except (TypeError, ValueError):
        mlflow.end_run("FAILED")

everything = mlflow.search_runs(filter_string="metrics.cv_rmse_mean > 0", order_by=["metrics.cv_rmse_mean ASC"])
with mlflow.start_run(run_name="leaderboard"):
    everything[["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]].to_csv(
        folder / "leaderboard.csv", index=False
    )
    mlflow.log_artifact(folder / "leaderboard.csv")
