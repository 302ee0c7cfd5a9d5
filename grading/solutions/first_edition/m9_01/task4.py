mlflow.set_experiment("diabetes-progression-forecast")
splits = KFold(5, shuffle=True, random_state=SEED)
for alpha in (0.1, 1, 10):
    candidate = make_pipeline(StandardScaler(), Ridge(alpha=alpha, random_state=SEED))
    errors = []
    with mlflow.start_run(run_name=f"cv-alpha{alpha}", tags={"version": "0.1", "stage": "candidate"}):
        for fold, (fit, held) in enumerate(splits.split(diabetes_train)):
            candidate.fit(diabetes_train.iloc[fit][baseline], diabetes_train.iloc[fit]["progression"])
            guessed = candidate.predict(diabetes_train.iloc[held][baseline])
            errors.append(metrics.root_mean_squared_error(diabetes_train.iloc[held]["progression"], guessed))
            with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                mlflow.log_params({"fold": fold, "alpha": alpha})
                mlflow.log_metric("rmse", errors[-1])
        errors = pd.Series(errors)
        mlflow.log_metrics({"cv_rmse_mean": errors.mean(), "cv_rmse_std": errors.std(ddof=0)})

with mlflow.start_run(run_name="negative-alpha"):
    try:
        Ridge(alpha=-1).fit(diabetes_train[baseline], diabetes_train["progression"])
    except ValueError as error:
        mlflow.set_tag("failure_reason", str(error))
        mlflow.end_run("FAILED")

ranking = mlflow.search_runs(filter_string="metrics.cv_rmse_mean > 0", order_by=["metrics.cv_rmse_mean ASC"])
with mlflow.start_run(run_name="leaderboard"):
    columns = ["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]
    mlflow.log_text(ranking[columns].to_csv(index=False), "leaderboard.csv")
