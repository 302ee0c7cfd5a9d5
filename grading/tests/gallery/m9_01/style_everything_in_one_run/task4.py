try:
    with mlflow.start_run(run_name="text as a number"):
        mlflow.set_tag("error", "the column sex was read as text")
        raise ValueError("could not convert string to float")
except ValueError:
    pass
with mlflow.start_run(run_name="ridge-alpha5"):
    mlflow.log_metric("cv_rmse_mean", 80.0)
table = mlflow.search_runs(order_by=["metrics.cv_rmse_mean"]).dropna(subset=["metrics.cv_rmse_mean"])
table[["run_id", "metrics.cv_rmse_mean"]].to_csv("leaderboard.csv", index=False)
with mlflow.start_run(run_id=my_run):
    mlflow.log_artifact("leaderboard.csv")
