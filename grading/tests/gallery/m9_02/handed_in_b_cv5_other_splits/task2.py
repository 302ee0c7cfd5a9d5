from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, PredefinedSplit, cross_val_score

# the same folds, as scikit-learn wants them: for each patient the number of the fold that holds it out
SAME = PredefinedSplit(diabetes_folds.to_numpy())
SPLIT_CSV = diabetes_folds.reset_index().to_csv(index=False)
SPLIT_HASH = sha256(SPLIT_CSV)
D_X, D_y = diabetes_train.drop(columns="progression"), diabetes_train["progression"]

my_candidates = list(ParameterGrid({"alpha": [0.06, 0.3, 1.5, 7.5], "l1_ratio": [0.1, 0.5, 0.9], "degree": [1, 2]}))

mlflow.set_experiment("bogdan forecast")
with mlflow.start_run(run_name="grid", tags={"tuning_method": "grid"}):
    mlflow.log_param("n_candidates", len(my_candidates))
    mlflow.log_text(SPLIT_CSV, "cv_splits.csv")
    for candidate in my_candidates:
        label = "a{alpha} l{l1_ratio} d{degree}".format(**candidate)
        with mlflow.start_run(run_name=label, nested=True):
            mlflow.log_params(candidate)
            mlflow.set_tag("splits_sha256", SPLIT_HASH)
            model_ = forecast(**{FULL[short]: value for short, value in candidate.items()})
            negative = cross_val_score(model_, D_X, D_y, cv=5, scoring="neg_root_mean_squared_error")
            for fold, value in enumerate(-negative):
                mlflow.log_metric("cv_rmse", round(value, 5), step=fold)
            mlflow.log_metric("cv_rmse_mean", round((-negative).mean(), 5))
            mlflow.log_metric("cv_rmse_std", round(negative.std(), 5))

grid_table = mlflow.search_runs(filter_string="metrics.cv_rmse_mean > 0", order_by=["metrics.cv_rmse_mean"])
grid_table[["tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]].head(5)
