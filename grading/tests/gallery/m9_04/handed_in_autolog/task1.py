from sklearn.base import clone
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import cross_val_predict, cross_validate

EXPERIMENT = "diabetes-progression-one-year"
mlflow.set_experiment(EXPERIMENT)
rkf = RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED)
D = diabetes_train.drop(columns="progression")
P = diabetes_train["progression"]
FAMS = [
    ("elastic-net", make_pipeline(StandardScaler(), ElasticNet(alpha=0.1, l1_ratio=0.7, random_state=SEED))),
    ("boosting", GradientBoostingRegressor(n_estimators=60, learning_rate=0.05, max_depth=2, random_state=SEED)),
    ("forest", RandomForestRegressor(n_estimators=60, min_samples_leaf=5, random_state=SEED)),
]
boards, heldout = {}, {}
for fam, est in FAMS:
    with mlflow.start_run(run_name=fam) as parent:
        mlflow.set_tag("comparison", COMPARISON)
        mlflow.set_tag("stage", "candidate")
        mlflow.log_params({"family": fam, "n_splits": 5, "n_repeats": 3, "seed": SEED})
        cvr = cross_validate(
            est, D, P, cv=rkf, scoring="neg_root_mean_squared_error", return_estimator=True, return_indices=True
        )
        fold = -cvr["test_score"]
        parts = []
        for i, (fitted, idx) in enumerate(zip(cvr["estimator"], cvr["indices"]["test"])):
            parts.append(
                pd.DataFrame(
                    {
                        "row": D.index[idx],
                        "y_true": P.iloc[idx].values,
                        "y_pred": fitted.predict(D.iloc[idx]),
                        "split": i,
                    }
                )
            )
            mlflow.log_metric("fold_rmse", fold[i], step=i)
        heldout[fam] = pd.concat(parts, ignore_index=True)
        heldout[fam].to_csv("out_of_fold.csv", index=False)
        mlflow.log_artifact("out_of_fold.csv")
        Path("out_of_fold.csv").unlink()
        center = fold.mean()
        width = stats.t(14).ppf(0.975) * np.sqrt((1 / 15 + 1 / 4) * fold.var(ddof=1))
        mlflow.log_metric("cv_rmse_mean", center)
        mlflow.log_metric("cv_rmse_low", center - width)
        mlflow.log_metric("cv_rmse_high", center + width)
    boards[fam] = parent.info.run_id
table9 = mlflow.search_runs(
    experiment_names=[EXPERIMENT],
    filter_string=f"tags.comparison = '{COMPARISON}'",
    order_by=["metrics.cv_rmse_mean ASC"],
)
table9 = table9[
    ["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_low", "metrics.cv_rmse_high"]
]
with mlflow.start_run(run_name="comparison", tags={"comparison": COMPARISON}) as cmp_run:
    mlflow.log_table(table9, "comparison.json")
    mlflow.log_text(table9.to_csv(), "comparison.csv")
table9
