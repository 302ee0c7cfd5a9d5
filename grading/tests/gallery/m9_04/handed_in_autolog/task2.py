mlflow.set_experiment(EXPERIMENT)
with mlflow.start_run(run_id=cmp_run.info.run_id):
    fig, ax = plt.subplots()
    for y, row in table9.iterrows():
        ax.hlines(y, row["metrics.cv_rmse_low"], row["metrics.cv_rmse_high"])
        ax.scatter(row["metrics.cv_rmse_mean"], y)
        ax.annotate(row["tags.mlflow.runName"], (row["metrics.cv_rmse_mean"], y + 0.05))
    ax.set_yticks([])
    ax.set_xlabel("RMSE")
    mlflow.log_figure(fig, "intervals.png")
    plt.close()

    ERR = pd.DataFrame({fam: (h.y_true - h.y_pred).abs().groupby(h.row).mean() for fam, h in heldout.items()})
    fig, axs = plt.subplots(1, 2, figsize=(9, 4))
    for ax, other in zip(axs, ["boosting", "forest"]):
        ax.scatter(ERR["elastic-net"], ERR[other], s=8)
        ax.axline((0, 0), slope=1, color="grey")
        ax.set_xlabel("elastic-net: absolute error of a patient")
        ax.set_ylabel(other)
    mlflow.log_figure(fig, "errors.png")
    plt.close()

curve_table = []
fig, ax = plt.subplots()
for fam, est in FAMS:
    n_, train_, test_ = learning_curve(
        est, D, P, cv=rkf, scoring="neg_root_mean_squared_error", train_sizes=[50, 125, 200]
    )
    with mlflow.start_run(run_id=boards[fam]):
        for n, v in zip(n_, test_.mean(axis=1)):
            mlflow.log_metric("learning_curve_rmse", -v, step=int(n))
            curve_table.append([boards[fam], n, -v])
    ax.errorbar(n_, -test_.mean(axis=1), yerr=test_.std(axis=1), label=fam, capsize=3)
ax.legend()
ax.set_xlabel("training patients")
ax.set_ylabel("RMSE on held-out patients")
four = table9.set_index("tags.mlflow.runName")[
    ["metrics.cv_rmse_low", "metrics.cv_rmse_mean", "metrics.cv_rmse_high"]
].rename(columns=lambda c: c.replace("metrics.", ""))
with mlflow.start_run(run_id=cmp_run.info.run_id):
    mlflow.log_figure(fig, "learning_curves.png")
    mlflow.log_text(
        pd.DataFrame(curve_table, columns=["run_id", "step", "value"]).to_csv(index=False), "learning_curves.csv"
    )
    mlflow.log_text(parallel_coordinates(four), "parallel_coordinates.html")
plt.close("all")
