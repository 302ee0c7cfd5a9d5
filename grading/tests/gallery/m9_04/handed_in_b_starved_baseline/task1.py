# four families, everything in one long DataFrame
from sklearn.ensemble import BaggingRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import ElasticNet, Lasso
from sklearn.preprocessing import PolynomialFeatures

EXP = "diabetes-four-models"
mlflow.set_experiment(EXP)
rkf = RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED)
fam = {
    "elastic net": make_pipeline(StandardScaler(), ElasticNet(alpha=0.6, l1_ratio=0.4, random_state=SEED)),
    "kernel ridge": make_pipeline(StandardScaler(), KernelRidge(alpha=4, kernel="rbf", gamma=0.02)),
    "bagged trees": BaggingRegressor(DecisionTreeRegressor(max_depth=4), n_estimators=25, random_state=SEED),
    "squares": make_pipeline(
        StandardScaler(), PolynomialFeatures(2, include_bias=False), Lasso(alpha=3, max_iter=5000, random_state=SEED)
    ),
}
long_oof = pd.concat(
    {f: out_of_fold(m, diabetes_train, "progression", rkf) for f, m in fam.items()}, names=["family"]
).reset_index("family")
long_oof["sq"] = (long_oof["y_true"] - long_oof["y_pred"]) ** 2
long_oof["abs"] = (long_oof["y_true"] - long_oof["y_pred"]).abs()
fold_table = long_oof.groupby(["family", "split"])["sq"].mean().pow(0.5).unstack("family")  # 15 rows, 4 columns

cv_table = fold_table.agg(["mean", "std", "count"]).T
cv_table["half"] = stats.t.ppf(0.975, cv_table["count"] - 1) * cv_table["std"] * np.sqrt(1 / cv_table["count"] + 1 / 4)
cv_table["low"], cv_table["high"] = cv_table["mean"] - cv_table["half"], cv_table["mean"] + cv_table["half"]

rid = pd.Series(dtype=str)
for f, model in fam.items():
    with mlflow.start_run(run_name=f, tags={"comparison": COMPARISON, "stage": "candidate"}) as r:
        mlflow.log_params({k: v for k, v in model.get_params().items() if isinstance(v, (str, int, float, bool))})
        mlflow.log_params({"seed": SEED, "cv": "RepeatedKFold(5, 3)"})
        mlflow.log_text(
            long_oof.loc[long_oof["family"] == f, ["row", "y_true", "y_pred", "split"]].to_csv(index=False),
            "out_of_fold.csv",
        )
        for s, v in fold_table[f].items():
            mlflow.log_metric("fold_rmse", v, step=int(s))
        mlflow.log_metrics({f"cv_rmse_{c}": cv_table.loc[f, c] for c in ["mean", "low", "high"]})
        mlflow.log_metric("cv_mae_mean", long_oof[long_oof["family"] == f].groupby("split")["abs"].mean().mean())
    rid[f] = r.info.run_id

df_runs = mlflow.search_runs(experiment_names=[EXP], filter_string=f"tags.comparison = '{COMPARISON}'")
df_runs = df_runs[df_runs["tags.stage"] == "candidate"]
comparison = (
    df_runs.filter(regex="run_id|runName|cv_rmse_(mean|low|high)")
    .rename(columns={"tags.mlflow.runName": "run_name"})
    .rename(columns=lambda c: c.replace("metrics.", ""))
    .sort_values("cv_rmse_mean")
    .round(4)[["run_id", "run_name", "cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]]
)
with mlflow.start_run(run_name="comparison", tags={"comparison": COMPARISON}) as cmp:
    mlflow.log_text(comparison.to_csv(index=False), "comparison.csv")
comparison
