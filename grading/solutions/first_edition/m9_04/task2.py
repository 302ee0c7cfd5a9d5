mlflow.set_experiment("diabetes-progression-comparison")
by_name = table.set_index("tags.mlflow.runName")
intervals_figure, axes = plt.subplots(figsize=(7, 2.5), layout="constrained")
mean = by_name["metrics.cv_rmse_mean"]
ends = [mean - by_name["metrics.cv_rmse_low"], by_name["metrics.cv_rmse_high"] - mean]
axes.errorbar(mean, mean.index, xerr=ends, fmt="ks", capsize=4)
axes.set(xlabel="RMSE in points, mean and 95 % interval (lower is better)", title="The intervals overlap")

errors_figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
patients = pd.DataFrame(
    {family: (seen["y_pred"] - seen["y_true"]).abs().groupby(seen["row"]).mean() for family, seen in held_out.items()}
)
axes.boxplot(patients.to_numpy(), orientation="horizontal", tick_labels=list(patients))
axes.set(xlabel="absolute error in points, one mean a patient", title="All families miss the same way")

curves_figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
client, points = mlflow.MlflowClient(), []
for (family, model), style in zip(candidates.items(), ("-s", "--o", ":^"), strict=True):
    sizes, _, unknown = learning_curve(
        model,
        diabetes_train.drop(columns="progression"),
        diabetes_train["progression"],
        train_sizes=[0.25, 0.5, 1.0],
        cv=5,
        scoring="neg_root_mean_squared_error",
        shuffle=True,
        random_state=SEED,
    )
    for size, value in zip(sizes, -unknown.mean(axis=1), strict=True):
        client.log_metric(family_runs[family], "learning_curve_rmse", value, step=int(size))
    history = client.get_metric_history(family_runs[family], "learning_curve_rmse")
    points += [{"run_id": family_runs[family], "step": point.step, "value": point.value} for point in history]
    axes.plot([point.step for point in history], [point.value for point in history], "k" + style, label=family)
axes.set(xlabel="patients in training", ylabel="RMSE in points", title="More patients help all of them")
axes.legend()

wanted = ["cv_rmse_mean", "cv_rmse_high", "cv_mae_mean", "cv_r2_mean"]
lines = by_name[[f"metrics.{name}" for name in wanted]].set_axis(wanted, axis=1)
with mlflow.start_run(run_id=comparison_run):
    mlflow.log_figure(intervals_figure, "intervals.png")
    mlflow.log_figure(errors_figure, "errors.png")
    mlflow.log_figure(curves_figure, "learning_curves.png")
    mlflow.log_text(pd.DataFrame(points).to_csv(index=False), "learning_curves.csv")
    mlflow.log_text(parallel_coordinates(lines), "parallel_coordinates.html")
