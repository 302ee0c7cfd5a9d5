splits = RepeatedKFold(n_splits=5, n_repeats=3)
candidates = {
    "ridge": make_pipeline(StandardScaler(), Ridge(alpha=10, random_state=SEED)),
    "tree": DecisionTreeRegressor(max_depth=3, random_state=SEED),
    "forest": RandomForestRegressor(30, min_samples_leaf=5, random_state=SEED),
}
my_experiment = "diabetes-progression"
mlflow.set_experiment(my_experiment)
held_out, candidate_ids = {}, {}
for family, model in candidates.items():
    held_out[family] = out_of_fold(model, diabetes_train, "progression", splits)
    rmse = held_out[family].groupby("split").apply(lambda part: measures(part)["rmse"])
    _, (low, high) = intervals(rmse)
    with mlflow.start_run(run_name=family, tags={"comparison": COMPARISON, "stage": "candidate"}) as run:
        mlflow.log_params({"family": family, "folds": 5, "repeats": 3, "seed": SEED})
        mlflow.log_text(held_out[family].to_csv(index=False), "out_of_fold.csv")
        for split, value in rmse.items():
            mlflow.log_metric("fold_rmse", value, step=split)
        mlflow.log_metrics({"cv_rmse_mean": rmse.mean(), "cv_rmse_low": low, "cv_rmse_high": high})
    candidate_ids[family] = run.info.run_id

table = mlflow.search_runs(
    experiment_names=[my_experiment], filter_string=f"tags.comparison = '{COMPARISON}' and tags.stage = 'candidate'"
)
table = table[["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_low", "metrics.cv_rmse_high"]]
table.columns = ["run_id", "name", "cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]
table = table.sort_values("cv_rmse_mean")
with mlflow.start_run(run_name="comparison", tags={"comparison": COMPARISON}) as run:
    mlflow.log_text(table.to_csv(index=False), "comparison.csv")
my_board = run.info.run_id
table
