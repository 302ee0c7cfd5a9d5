mlflow.set_experiment("diabetes-progression-tuning")
my_splits = diabetes_folds.to_csv()
FOLDS = {"splits_sha256": sha256(my_splits)}


def forecast_errors(settings):
    model = forecast(**settings)
    return fold_scores(model, diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error)


def log_candidate(settings, errors):
    mlflow.log_params(settings)
    for fold, error in enumerate(errors):
        mlflow.log_metric("cv_rmse", error, step=fold)
    if len(errors) == 5:
        mlflow.log_metrics({"cv_rmse_mean": np.mean(errors), "cv_rmse_std": np.std(errors, ddof=1)})


dice = np.random.default_rng(SEED)
with mlflow.start_run(run_name="random-search", tags={"tuning_method": "random"}):
    mlflow.log_param("n_candidates", 14)
    mlflow.log_text(my_splits, "cv_splits.csv")
    for number in range(14):
        settings = {
            "polynomialfeatures__degree": int(dice.integers(1, 3)),
            "elasticnet__alpha": float(10 ** dice.uniform(-2, 2)),
            "elasticnet__l1_ratio": float(dice.uniform(0.05, 1)),
        }
        with mlflow.start_run(run_name=f"random-{number}", nested=True, tags=FOLDS):
            log_candidate(settings, [*forecast_errors(settings)])
