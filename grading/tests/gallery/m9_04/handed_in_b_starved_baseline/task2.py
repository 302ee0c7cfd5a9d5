mlflow.set_experiment(EXP)
c = comparison.set_index("run_name")

fig1, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.boxplot([fold_table[f] for f in c.index], positions=range(4), widths=0.25, medianprops={"color": "grey"})
ax.errorbar(
    np.arange(4) + 0.3,
    c["cv_rmse_mean"],
    yerr=[c["cv_rmse_mean"] - c["cv_rmse_low"], c["cv_rmse_high"] - c["cv_rmse_mean"]],
    fmt="kd",
    capsize=5,
)
ax.set_xticks(range(4), c.index)
ax.set(ylabel="RMSE", title="15 splits (boxes) and the corrected 95 % interval (diamonds)")

pat = long_oof.groupby(["row", "family"])["abs"].mean().unstack()[list(c.index)]
fig2, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
rng = np.random.default_rng(SEED)
for i, f in enumerate(pat.columns):
    ax.scatter(i + rng.uniform(-0.3, 0.3, len(pat)), pat[f], s=6, color="black", alpha=0.5)
    ax.hlines(pat[f].mean(), i - 0.35, i + 0.35, color="red")
ax.set_xticks(range(4), pat.columns)
ax.set(ylabel="absolute error, points", title="A dot is a patient (mean of three repeats); red is the mean")

# learning curve by hand: less patients, the same 5-fold cross-validation of them
from sklearn.model_selection import KFold

for f, model in fam.items():
    with mlflow.start_run(run_id=rid[f]):
        for n in (75, 140, 200, 265):
            sub = diabetes_train.sample(n, random_state=SEED)
            o = out_of_fold(model, sub, "progression", KFold(5, shuffle=True, random_state=SEED))
            v = (
                o.groupby("split")
                .apply(lambda d: np.sqrt(((d["y_true"] - d["y_pred"]) ** 2).mean()), include_groups=False)
                .mean()
            )
            mlflow.log_metric("learning_curve_rmse", v, step=int(n * 0.8))
hist = pd.concat(
    [
        pd.DataFrame(
            [
                dict(run_id=rid[f], step=p.step, value=p.value, family=f)
                for p in mlflow.MlflowClient().get_metric_history(rid[f], "learning_curve_rmse")
            ]
        )
        for f in fam
    ]
)
fig3, ax = plt.subplots(figsize=(7, 3), layout="constrained")
hist.pivot(index="step", columns="family", values="value").plot(ax=ax, style=["k-o", "k--s", "k:^", "k-.d"])
ax.set(xlabel="patients in training", ylabel="RMSE", title="Learning curves, families as in the legend")

html = parallel_coordinates(
    c[["cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]].join(
        df_runs.set_index("tags.mlflow.runName")["metrics.cv_mae_mean"].rename("cv_mae_mean")
    )
)
with mlflow.start_run(run_id=cmp.info.run_id):
    mlflow.log_figure(fig1, "intervals.png")
    mlflow.log_figure(fig2, "errors.png")
    mlflow.log_figure(fig3, "learning_curves.png")
    mlflow.log_text(hist.drop(columns="family").to_csv(index=False), "learning_curves.csv")
    mlflow.log_text(html, "parallel_coordinates.html")
HTML(html)
