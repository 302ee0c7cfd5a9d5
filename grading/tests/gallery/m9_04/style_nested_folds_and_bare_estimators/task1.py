mlflow.set_experiment("diabetes-progression-comparison")
candidates = {
    "ridge": Ridge(alpha=0.1, random_state=SEED),
    "tree": DecisionTreeRegressor(max_depth=2, random_state=SEED),
    "forest": RandomForestRegressor(20, min_samples_leaf=8, random_state=SEED),
}
held_out, family_runs = {}, {}
inputs = diabetes_train.drop(columns="progression")
for family, model in candidates.items():
    with mlflow.start_run(run_name=family, tags={"stage": "candidate", "comparison": COMPARISON}) as run:
        mlflow.log_params(model.get_params())
        parts, errors = [], []
        for number, (fit, held) in enumerate(RepeatedKFold(n_splits=4, n_repeats=2, random_state=11).split(inputs)):
            model.fit(inputs.iloc[fit], diabetes_train["progression"].iloc[fit])
            part = pd.DataFrame({"row_id": inputs.index[held], "y_true": diabetes_train["progression"].iloc[held]})
            part = part.assign(y_pred=model.predict(inputs.iloc[held]), repeat=number // 4, fold=number % 4)
            errors.append(metrics.root_mean_squared_error(part["y_true"], part["y_pred"]))
            parts.append(part)
            with mlflow.start_run(run_name=f"repeat {number // 4}, fold {number % 4}", nested=True):
                mlflow.log_params({"repeat": number // 4, "fold": number % 4})
                mlflow.log_metric("rmse", errors[-1])
        errors = np.array(errors)
        half = stats.t.ppf(0.975, 7) * errors.std(ddof=1) * (1 / 8 + 1 / 3) ** 0.5
        mlflow.log_metric("rmse_cv_mean", errors.mean())
        mlflow.log_metric("rmse_cv_ci_lower", errors.mean() - half)
        mlflow.log_metric("rmse_cv_ci_upper", errors.mean() + half)
        held_out[family] = pd.concat(parts).rename(columns={"row_id": "row"})
        pd.concat(parts).to_csv("oof.csv", index=False)
        mlflow.log_artifact("oof.csv")
    family_runs[family] = run.info.run_id
table = mlflow.search_runs(filter_string="metrics.rmse_cv_mean > 0", order_by=["metrics.rmse_cv_mean"])
table = table[table["tags.comparison"] == COMPARISON]
columns = ["metrics.rmse_cv_mean", "metrics.rmse_cv_ci_lower", "metrics.rmse_cv_ci_upper"]
with mlflow.start_run(run_name="all families") as run:
    table[["run_id", *columns]].round(4).to_csv("model_comparison.csv", index=False)
    mlflow.log_artifact("model_comparison.csv")
comparison_run = run.info.run_id
