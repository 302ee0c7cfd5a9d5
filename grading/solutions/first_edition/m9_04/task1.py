mlflow.set_experiment("diabetes-progression-comparison")
splits = RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED)
candidates = {
    "ridge": make_pipeline(StandardScaler(), Ridge(alpha=10, random_state=SEED)),
    "tree": DecisionTreeRegressor(max_depth=3, random_state=SEED),
    "forest": RandomForestRegressor(30, min_samples_leaf=5, random_state=SEED),
}
held_out, family_runs = {}, {}
for family, model in candidates.items():
    held_out[family] = out_of_fold(model, diabetes_train, "progression", splits)
    scores = pd.DataFrame([measures(part) for _, part in held_out[family].groupby("split")])
    low, high = stats.t.interval(
        0.95, len(scores) - 1, scores["rmse"].mean(), scores["rmse"].std() * np.sqrt(1 / len(scores) + 1 / 4)
    )
    with mlflow.start_run(run_name=family, tags={"comparison": COMPARISON, "stage": "candidate"}) as run:
        mlflow.log_params({"family": family, "folds": 5, "repeats": 3, "seed": SEED})
        for split, value in scores["rmse"].items():
            mlflow.log_metric("fold_rmse", value, step=split)
        mlflow.log_metrics({"cv_rmse_mean": scores["rmse"].mean(), "cv_rmse_low": low, "cv_rmse_high": high})
        mlflow.log_metrics({"cv_mae_mean": scores["mae"].mean(), "cv_r2_mean": scores["r2"].mean()})
        mlflow.log_text(held_out[family].to_csv(index=False), "out_of_fold.csv")
    family_runs[family] = run.info.run_id

table = mlflow.search_runs(
    experiment_names=["diabetes-progression-comparison"],
    filter_string=f"tags.comparison = '{COMPARISON}' and tags.stage = 'candidate'",
    order_by=["start_time DESC"],
)
table = table.drop_duplicates("tags.mlflow.runName").sort_values("metrics.cv_rmse_mean")
columns = ["tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_low", "metrics.cv_rmse_high"]
with mlflow.start_run(run_name="comparison", tags={"comparison": COMPARISON}) as run:
    mlflow.log_text(table[["run_id", *columns]].to_csv(index=False), "comparison.csv")
comparison_run = run.info.run_id
