# TODO done: the figures, saved as files and then log_artifact to `comparison`
mlflow.set_experiment(exp_name)
t = df_cmp.set_index("tags.mlflow.runName").rename(columns=lambda c: c.replace("metrics.", ""))

ax = t["cv_rmse_mean"].plot.barh(
    xerr=[t.cv_rmse_mean - t.cv_rmse_low, t.cv_rmse_high - t.cv_rmse_mean],
    color="lightgrey",
    edgecolor="black",
    capsize=4,
    figsize=(7, 2.6),
    xlim=(45, 70),
    title="RMSE with corrected interval: they overlap",
)
ax.set_xlabel("cross-validated RMSE")
ax.set_ylabel("")
plt.tight_layout()
ax.figure.savefig(tmp / "intervals.png", dpi=110)

err = pd.DataFrame({n: (d.y_pred - d.y_true).abs().groupby(d.row).mean() for n, d in df_oof.items()})
ax = err.plot.hist(
    bins=25,
    histtype="step",
    figsize=(7, 3),
    color=["black", "grey", "silver"],
    title="How far off, for how many patients",
)
ax.set_xlabel("mean absolute error of a patient when held out")
plt.tight_layout()
ax.figure.savefig(tmp / "errors.png", dpi=110)

all_points = []
for name, model in candidates.items():
    sizes, tr, te = learning_curve(
        model,
        diabetes_train.drop(columns="progression"),
        diabetes_train["progression"],
        train_sizes=[60, 120, 180, 212],
        cv=5,
        shuffle=True,
        random_state=SEED,
        scoring="neg_root_mean_squared_error",
    )
    with mlflow.start_run(run_id=cand_id[name]):
        for s, v in zip(sizes, te.mean(axis=1)):
            mlflow.log_metric("learning_curve_rmse", -v, step=int(s))
    for m in mlflow.MlflowClient().get_metric_history(cand_id[name], "learning_curve_rmse"):
        all_points.append({"run_id": cand_id[name], "step": m.step, "value": m.value})
lc = pd.DataFrame(all_points)
lc.to_csv(tmp / "learning_curves.csv", index=False)
wide = lc.pivot(index="step", columns="run_id", values="value").rename(columns={v: k for k, v in cand_id.items()})
ax = wide.plot(style=["k-o", "k--s", "k:^"], figsize=(7, 3), title="RMSE falls with more patients")
ax.set_xlabel("patients in training")
ax.set_ylabel("RMSE not seen")
plt.tight_layout()
ax.figure.savefig(tmp / "learning_curves.png", dpi=110)

page2 = parallel_coordinates(t[["cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]])
(tmp / "parallel_coordinates.html").write_text(page2, encoding="utf-8")
with mlflow.start_run(run_id=cmp_id):
    for f in ["intervals.png", "errors.png", "learning_curves.png", "learning_curves.csv", "parallel_coordinates.html"]:
        mlflow.log_artifact(tmp / f)
