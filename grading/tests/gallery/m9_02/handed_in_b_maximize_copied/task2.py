mlflow.set_experiment("bogdan-diabetes-tuning")
diabetes_folds.to_csv("cv_splits.csv")
my_hash = hashlib.sha256(Path("cv_splits.csv").read_bytes()).hexdigest()

my_guesses = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=12))
my_candidates = pd.DataFrame([suggest(my_guesses.ask(), my_space) for _ in range(15)])
my_table = []
with mlflow.start_run(run_name="random-search") as my_parent:
    mlflow.set_tag("tuning_method", "random")
    mlflow.log_param("n_candidates", len(my_candidates))
    mlflow.log_artifact("cv_splits.csv")
    for i, row in my_candidates.iterrows():
        s = {
            "elasticnet__alpha": float(row["elasticnet__alpha"]),
            "elasticnet__l1_ratio": float(row["elasticnet__l1_ratio"]),
            "elasticnet__tol": float(row["elasticnet__tol"]),
            "polynomialfeatures__degree": int(row["polynomialfeatures__degree"]),
        }
        with mlflow.start_run(run_name=f"random-{i}", nested=True):
            mlflow.set_tag("splits_sha256", my_hash)
            mlflow.log_params(s)
            rmse = []
            for fold, score in enumerate(
                fold_scores(
                    forecast(**s), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error
                )
            ):
                mlflow.log_metric("cv_rmse", score, step=fold)
                rmse.append(score)
            rmse = pd.Series(rmse)
            mlflow.log_metric("cv_rmse_mean", rmse.mean())
            mlflow.log_metric("cv_rmse_std", rmse.std())
        my_table.append(s | {"mean": rmse.mean(), "std": rmse.std()})
    my_table = pd.DataFrame(my_table).sort_values("mean")
    my_table.to_csv("all_candidates.csv", index=False)
    mlflow.log_artifact("all_candidates.csv")
my_table.head()
