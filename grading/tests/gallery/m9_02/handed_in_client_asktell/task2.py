from time import time as now

from sklearn.model_selection import ParameterGrid

folds_csv = diabetes_folds.to_csv()
folds_hash = sha256(folds_csv)


def child(parent_id, name, **tags):
    """A nested run of its own, made by the client."""
    made = mlc.create_run(
        exp_id, run_name=name, tags={"mlflow.parentRunId": parent_id, "splits_sha256": folds_hash, **tags}
    )
    return made.info.run_id


def log_fold(run_id, fold, value):
    mlc.log_batch(run_id, metrics=[Metric("cv_rmse", value, int(1000 * now()), fold)])


def close_complete(run_id, values):
    stamp = int(1000 * now())
    summary = {"cv_rmse_mean": float(np.mean(values)), "cv_rmse_std": float(np.std(values, ddof=1))}
    mlc.log_batch(run_id, metrics=[Metric(key, value, stamp, 0) for key, value in summary.items()])


def rmse_folds(settings):
    return fold_scores(
        forecast(**settings), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error
    )


my_candidates = list(
    ParameterGrid(
        {
            "elasticnet__alpha": [0.05, 0.5, 5.0],
            "elasticnet__l1_ratio": [0.2, 0.9],
            "elasticnet__selection": ["cyclic"],
            "polynomialfeatures__degree": [1, 2],
            "polynomialfeatures__interaction_only": [False, True],
        }
    )
)
# with degree 1 there is nothing to interact: one of the two is enough
my_candidates = [
    c for c in my_candidates if c["polynomialfeatures__degree"] == 2 or not c["polynomialfeatures__interaction_only"]
]
grid_parent = mlc.create_run(exp_id, run_name="grid", tags={"tuning_method": "grid"}).info.run_id
mlc.log_param(grid_parent, "n_candidates", len(my_candidates))
mlc.log_text(grid_parent, folds_csv, "cv_splits.csv")
for number, settings in enumerate(my_candidates):
    run_id = child(grid_parent, f"grid-{number:02d}")
    mlc.log_batch(run_id, params=[Param(key, str(value)) for key, value in settings.items()])
    values = []
    for fold, value in enumerate(rmse_folds(settings)):
        log_fold(run_id, fold, value)
        values.append(value)
    close_complete(run_id, values)
    mlc.set_terminated(run_id)
mlc.set_terminated(grid_parent)
