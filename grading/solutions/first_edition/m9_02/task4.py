mlflow.set_experiment("diabetes-progression-tuning")
table = my_study.trials_dataframe()
done = table[table["state"] == "COMPLETE"].sort_values("value", ascending=False)

history, axes = plt.subplots(layout="constrained")
axes.plot(table["number"], table["value"], "kx", label="pruned")
axes.plot(done["number"], done["value"], "ko", label="complete")
axes.set(xlabel="trial", ylabel="RMSE in cross-validation", title="The study finds little after its first trials")
axes.legend()

lines, axes = plt.subplots(layout="constrained")
columns = {f"params_{name}": name.rpartition("__")[2] for name in my_space} | {"value": "RMSE"}
heights = done[list(columns)].rank(pct=True)
for place, (_, height) in enumerate(heights.iterrows(), start=1):
    axes.plot(list(columns.values()), height, color="black" if place == len(heights) else "0.8")
axes.set(ylabel="rank", title="The best trial has a weak penalty and no products")

bars, axes = plt.subplots(layout="constrained")
importance = optuna.importance.get_param_importances(my_study)
axes.barh(list(importance), list(importance.values()), color="grey")
axes.set(xlabel="share of the importance", title="The degree and alpha decide")
with mlflow.start_run(run_id=my_study_run.info.run_id):
    mlflow.log_figure(history, "optimization_history.png")
    mlflow.log_figure(lines, "parallel_coordinates.png")
    mlflow.log_figure(bars, "parameter_importance.png")

candidates = mlflow.search_runs(
    filter_string=f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}",
    order_by=["metrics.cv_rmse_mean ASC"],
)
best = candidates.iloc[0]
chosen = {
    "polynomialfeatures__degree": int(best["params.polynomialfeatures__degree"]),
    "elasticnet__alpha": float(best["params.elasticnet__alpha"]),
    "elasticnet__l1_ratio": float(best["params.elasticnet__l1_ratio"]),
}
inputs, target = diabetes_train.drop(columns="progression"), diabetes_train["progression"]
winner, untouched = forecast(**chosen).fit(inputs, target), forecast().fit(inputs, target)

said = {"selection_rule": "best", "tuning_method": "random, tpe"}
with mlflow.start_run(run_name="forecast-tuned", tags=said) as run:
    seen = keep(winner, diabetes_file, diabetes_test, "progression")
    mlflow.log_metric("train_rmse", metrics.root_mean_squared_error(target, winner.predict(inputs)))
    mlflow.log_metrics({name: best[f"metrics.{name}"] for name in ("cv_rmse_mean", "cv_rmse_std")})
    tuned_rmse = metrics.root_mean_squared_error(seen["y_true"], seen["y_pred"])
    mlflow.log_metric("test_rmse", tuned_rmse)
    mlflow.log_metric("test_mae", metrics.mean_absolute_error(seen["y_true"], seen["y_pred"]))
    mlflow.log_metric("test_r2", metrics.r2_score(seen["y_true"], seen["y_pred"]))
    residuals, axes = plt.subplots(layout="constrained")
    axes.scatter(seen["y_pred"], seen["y_true"] - seen["y_pred"], color="black", s=12)
    axes.set(xlabel="predicted progression", ylabel="true minus predicted", title="It misses both ways")
    weights, axes = plt.subplots(layout="constrained")
    shown = pd.Series(winner[-1].coef_, index=winner[:-1].get_feature_names_out()).sort_values(key=abs).tail(10)
    shown.plot.barh(ax=axes, color="grey")
    axes.set(xlabel="coefficient (of standardised inputs)", title="What the model looks at")
    mlflow.log_figure(residuals, "residuals.png")
    mlflow.log_figure(weights, "feature_importance.png")
    mlflow.log_text(my_text, "search_space.json")
    with mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"}):
        plain = keep(untouched, diabetes_file, diabetes_test, "progression")
        plain_rmse = metrics.root_mean_squared_error(plain["y_true"], plain["y_pred"])
        mlflow.log_metric("test_rmse", plain_rmse)
    mlflow.set_tag("beats_baseline", bool(tuned_rmse < plain_rmse))
my_final = run.info.run_id
