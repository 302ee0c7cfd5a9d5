mlflow.set_experiment(my_experiment)
by_name = table.set_index("name")
fig_int, ax = plt.subplots(figsize=(7, 2.5), layout="constrained")
ax.errorbar(
    by_name.cv_rmse_mean,
    by_name.index,
    xerr=[by_name.cv_rmse_mean - by_name.cv_rmse_low, by_name.cv_rmse_high - by_name.cv_rmse_mean],
    fmt="ko",
    capsize=4,
)
ax.set_xlabel("RMSE, mean and 95 % interval")
ax.margins(y=0.3)

abs_error = pd.DataFrame({f: (o.y_pred - o.y_true).abs().groupby(o["row"]).mean() for f, o in held_out.items()})
fig_err, ax = plt.subplots(figsize=(7, 3), layout="constrained")
for f in abs_error:
    ax.plot(np.sort(abs_error[f].to_numpy()), label=f)
ax.set(xlabel="patients, sorted", ylabel="absolute error")
ax.legend()

X_d, y_d = diabetes_train.drop(columns="progression"), diabetes_train["progression"]
fig_lc, ax = plt.subplots(figsize=(7, 3), layout="constrained")
points_rows = []
for f, model in candidates.items():
    sizes, _, test_scores = learning_curve(
        model,
        X_d,
        y_d,
        train_sizes=[0.25, 0.5, 0.75, 1.0],
        cv=5,
        shuffle=True,
        random_state=SEED,
        scoring="neg_root_mean_squared_error",
    )
    values = -test_scores.mean(axis=1)
    for s, v in zip(sizes, values):
        client.log_metric(candidate_ids[f], "learning_curve_rmse", v, step=int(s))
        points_rows.append({"run_id": candidate_ids[f], "step": int(s), "value": v})
    ax.plot(sizes, values, "o-", label=f)
ax.set(xlabel="patients in training", ylabel="RMSE")
ax.legend()

html = parallel_coordinates(by_name[["cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]])
with mlflow.start_run(run_id=my_board):
    mlflow.log_figure(fig_int, "intervals.png")
    mlflow.log_figure(fig_err, "errors.png")
    mlflow.log_figure(fig_lc, "learning_curves.png")
    mlflow.log_text(pd.DataFrame(points_rows).to_csv(index=False), "learning_curves.csv")
    mlflow.log_text(html, "parallel_coordinates.html")
HTML(html)
