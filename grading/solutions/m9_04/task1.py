mlflow.set_experiment("diabetes-progression-comparison")
cv = RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED)
families = {
    "ridge": make_pipeline(StandardScaler(), Ridge(alpha=10, random_state=SEED)),
    "tree": DecisionTreeRegressor(max_depth=3, random_state=SEED),
    "forest": RandomForestRegressor(30, min_samples_leaf=5, random_state=SEED),
}
held_out, scores, run_ids = {}, {}, {}
tags = {"comparison": COMPARISON, "stage": "candidate"}
for family, model in families.items():
    rows = tools.out_of_fold(model, X_train, y_train, cv)
    held_out[family] = rows
    scores[family] = tools.fold_scores(rows)
    rmse = scores[family]["cv_rmse"]
    low, high = tools.corrected_interval(rmse, folds=5)
    with mlflow.start_run(run_name=family, tags=tags) as run:
        mlflow.log_params({"family": family, "folds": 5, "repeats": 3, "seed": SEED})
        mlflow.log_text(rows.to_csv(index=False), "out_of_fold.csv")
        for split, value in rmse.items():
            mlflow.log_metric("fold_rmse", value, step=split)
        mlflow.log_metrics(scores[family].mean().add_suffix("_mean").to_dict())
        mlflow.log_metrics({"cv_rmse_low": low, "cv_rmse_high": high})
    run_ids[family] = run.info.run_id

found = mlflow.search_runs(filter_string=f"tags.comparison = '{COMPARISON}' and tags.stage = 'candidate'")
found = found.drop_duplicates("tags.mlflow.runName").rename(columns=tools.short_name)
found = found.sort_values("cv_rmse_mean")
columns = ["run_id", "family", "cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]
with mlflow.start_run(run_name="comparison") as run:
    mlflow.log_text(found[columns].to_csv(index=False), "comparison.csv")
comparison_id = run.info.run_id
