mlflow.set_experiment(Lab.experiment)
splits = KFold(4, shuffle=True, random_state=SEED)


def cross_validated(alpha):
    lab = Lab(alpha)
    X, y = lab.train
    with mlflow.start_run(run_name=f"kfold alpha {alpha:g}", tags={"stage": "candidate"}):
        mlflow.log_param("alpha", alpha)
        rmses = []
        for i, (fit, held) in enumerate(splits.split(X, y)):
            with mlflow.start_run(run_name=f"{alpha:g}/{i}", nested=True):
                lab.model.fit(X.iloc[fit], y.iloc[fit])
                rmses += [metrics.root_mean_squared_error(y.iloc[held], lab.model.predict(X.iloc[held]))]
                mlflow.log_param("fold", i)
                mlflow.log_metric("rmse", rmses[-1])
        mlflow.log_metrics({"cv_rmse_mean": np.mean(rmses), "cv_rmse_std": np.std(rmses)})


for alpha in np.logspace(-1, 3, 5):
    cross_validated(float(alpha))

try:
    with mlflow.start_run(run_name="missing blood pressure") as broken:
        hole = diabetes_train[baseline].copy()
        hole.iloc[0, 3] = np.nan
        Ridge().fit(hole, diabetes_train["progression"])
except ValueError as error:
    mlflow.MlflowClient().set_tag(broken.info.run_id, "failure_reason", str(error).splitlines()[0])

ranking = mlflow.search_runs(filter_string="tags.stage = 'candidate'").sort_values("metrics.cv_rmse_mean")
ranking[["run_id", "tags.mlflow.runName", "params.alpha", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]].to_csv(
    "leaderboard.csv", index=False
)
with mlflow.start_run(run_name="ranking"):
    mlflow.log_artifact("leaderboard.csv")
