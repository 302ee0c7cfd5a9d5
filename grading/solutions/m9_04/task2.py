mlflow.set_experiment("diabetes-progression-comparison")
client = mlflow.MlflowClient()
points = []
for family, model in families.items():
    sizes, _, unseen = learning_curve(
        model,
        X_train,
        y_train,
        train_sizes=[0.25, 0.5, 1.0],
        cv=5,
        scoring="neg_root_mean_squared_error",
        shuffle=True,
        random_state=SEED,
    )
    run_id = run_ids[family]
    for size, value in zip(sizes, -unseen.mean(axis=1), strict=True):
        client.log_metric(run_id, "learning_curve_rmse", value, step=int(size))
    history = client.get_metric_history(run_id, "learning_curve_rmse")
    points += [[run_id, family, point.step, point.value] for point in history]
curves = pd.DataFrame(points, columns=["run_id", "family", "step", "value"])
curves = curves.drop_duplicates(["run_id", "step"], keep="last")

curves_figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
sns.lineplot(curves, x="step", y="value", hue="family", style="family", markers=True)
ax.set(xlabel="patients to train on", ylabel="RMSE, points")

splits = pd.concat(scores, names=["family"]).reset_index()
intervals_figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
sns.stripplot(splits, x="cv_rmse", y="family", color="darkgrey")
sns.pointplot(
    splits,
    x="cv_rmse",
    y="family",
    errorbar=tools.corrected_interval,
    linestyle="none",
    color="black",
)
ax.set(xlabel="RMSE, points (less is better)", ylabel="")

patient_errors = pd.DataFrame()
for family, rows in held_out.items():
    errors = (rows["y_pred"] - rows["y_true"]).abs()
    patient_errors[family] = errors.groupby(rows["row"]).mean()
errors_figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
sns.ecdfplot(patient_errors, ax=ax)
ax.set(xlabel="absolute error, points", ylabel="share of the patients")

wanted = ["cv_rmse_mean", "cv_rmse_high", "cv_mae_mean", "cv_r2_mean"]
page = tools.parallel_coordinates(found.set_index("family")[wanted])
with mlflow.start_run(run_id=comparison_id):
    mlflow.log_figure(intervals_figure, "intervals.png")
    mlflow.log_figure(errors_figure, "errors.png")
    mlflow.log_figure(curves_figure, "learning_curves.png")
    mlflow.log_text(curves.to_csv(index=False), "learning_curves.csv")
    mlflow.log_figure(page, "parallel_coordinates.html", save_kwargs={"include_plotlyjs": True})
