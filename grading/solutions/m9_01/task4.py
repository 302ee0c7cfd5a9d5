from sklearn.model_selection import KFold

mlflow.set_experiment(experiment_name)

cv = KFold(n_splits=5, shuffle=True, random_state=SEED)
for alpha in (0.1, 1, 10):
    candidate = make_pipeline(StandardScaler(), Ridge(alpha=alpha))
    scores = -cross_val_score(candidate, X_train, y_train, cv=cv, scoring="neg_root_mean_squared_error")
    with mlflow.start_run(run_name=f"cv-alpha{alpha}", tags={"stage": "candidate"}):
        mlflow.log_param("alpha", alpha)
        mlflow.log_metric("cv_rmse_mean", scores.mean())
        mlflow.log_metric("cv_rmse_std", scores.std())
        for fold, score in enumerate(scores):
            with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                mlflow.log_param("fold", fold)
                mlflow.log_metric("rmse", score)

with mlflow.start_run(run_name="negative-alpha"):
    try:
        Ridge(alpha=-1).fit(X_train, y_train)
    except ValueError as error:
        mlflow.set_tag("failure_reason", str(error))
        mlflow.end_run("FAILED")

board = mlflow.search_runs(filter_string="tags.stage = 'candidate'", order_by=["metrics.cv_rmse_mean ASC"])
board = board[["run_id", "params.alpha", "metrics.cv_rmse_mean"]]
with mlflow.start_run(run_name="leaderboard"):
    mlflow.log_text(board.to_csv(index=False), "leaderboard.csv")
