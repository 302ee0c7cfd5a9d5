from sklearn.model_selection import GridSearchCV

mlflow.set_experiment(exp_name)
splits = KFold(5, shuffle=True, random_state=SEED)
grid = GridSearchCV(
    regressor, {"ridge__alpha": [50, 200, 800]}, cv=splits, scoring="neg_root_mean_squared_error", refit=False
)
grid.fit(diabetes_train[baseline], diabetes_train["progression"])
res = pd.DataFrame(grid.cv_results_)
res[["param_ridge__alpha", "mean_test_score", "std_test_score", "rank_test_score"]]

# now from the table to runs
for _, line in res.iterrows():
    alpha = line["param_ridge__alpha"]
    with mlflow.start_run(run_name=f"grid-alpha{alpha}"):
        mlflow.log_params({"alpha": alpha, "seed": SEED, "n_folds": 5})
        for k in range(5):
            with mlflow.start_run(run_name=f"grid-alpha{alpha}-fold{k}", nested=True):
                mlflow.log_params({"fold": k, "alpha": alpha})
                mlflow.log_metric("rmse", -line[f"split{k}_test_score"])
        mlflow.log_metrics({"cv_rmse_mean": -line["mean_test_score"], "cv_rmse_std": line["std_test_score"]})

with mlflow.start_run(run_name="third extract"):
    try:
        v3 = pd.read_csv(Path(DATA_DIR) / "diabetes_v3.csv", index_col="row")
    except FileNotFoundError as err:
        mlflow.set_tag("failure_reason", f"There is no third extract yet: {err}")
        mlflow.end_run(status="FAILED")

every = mlflow.search_runs(experiment_names=[exp_name])
board = every.dropna(subset=["metrics.cv_rmse_mean"]).sort_values("metrics.cv_rmse_mean", ascending=True)
board = board[["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]]
with mlflow.start_run(run_name="leaderboard"):
    mlflow.log_text(board.to_csv(index=False), "leaderboard.csv")
board.style.format(precision=3)
