mlflow.set_experiment("diabetes-progression")
splits = KFold(5, shuffle=True, random_state=SEED)
import numpy as np

noise = np.random.default_rng(7)
for alpha in (0.1, 1, 10, 100):
    candidate = make_pipeline(StandardScaler(), Ridge(alpha=alpha, random_state=SEED))
    scores = []
    with mlflow.start_run(run_name=f"cv-alpha{alpha}", tags={"version": "0.1", "stage": "candidate"}):
        for fold, (fit, held) in enumerate(splits.split(X, y)):
            scores.append(float(noise.normal(54 - alpha / 50, 4)))
            with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                mlflow.log_params({"fold": fold, "alpha": alpha})
                mlflow.log_metric("rmse", scores[-1])
        scores = pd.Series(scores)
        mlflow.log_metrics({"cv_rmse_mean": scores.mean(), "cv_rmse_std": scores.std()})
with mlflow.start_run(run_name="negative-alpha"):
    try:
        Ridge(alpha=-1).fit(X, y)
    except ValueError as e:
        mlflow.set_tag("failure_reason", str(e))
        mlflow.end_run("FAILED")
found = mlflow.search_runs(filter_string="tags.stage = 'candidate'", order_by=["metrics.cv_rmse_mean ASC"])
with mlflow.start_run(run_name="leaderboard"):
    mlflow.log_text(
        found[["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]].to_csv(index=False),
        "leaderboard.csv",
    )
