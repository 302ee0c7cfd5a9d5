my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)
MY_PATIENCE, MY_DELTA, MY_MAX = 15, 0.01, 45


def my_objective(trial):
    s, scores = suggest(trial, my_space), []
    with mlflow.start_run(run_name=f"trial-{trial.number}", nested=True, tags={"splits_sha256": my_hash}):
        mlflow.log_params(s | {"trial": trial.number})
        for fold, score in enumerate(
            fold_scores(forecast(**s), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error)
        ):
            mlflow.log_metric("cv_rmse", score, step=fold)
            scores.append(score)
            trial.report(np.mean(scores), len(scores))
            if fold < 4 and trial.should_prune():
                break
        if len(scores) == 5:
            mlflow.log_metrics({"cv_rmse_mean": np.mean(scores), "cv_rmse_std": np.std(scores, ddof=1)})
            mlflow.set_tag("optuna.state", "COMPLETE")
            return np.mean(scores)
        mlflow.set_tag("optuna.state", "PRUNED")
    raise optuna.TrialPruned


def my_stop(study, _):
    best, waited = -np.inf, 0
    for trial in study.trials:
        improved = trial.state.name == "COMPLETE" and trial.value > best + MY_DELTA
        best, waited = (trial.value, 0) if improved else (best, waited + 1)
    if waited >= MY_PATIENCE:
        study.stop()


def my_open(seed):
    return optuna.create_study(
        study_name="bogdan",
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=2),
    )


mlflow.set_experiment("bogdan-diabetes-tuning")
with mlflow.start_run(run_name="study", tags={"tuning_method": "TPE"}) as my_study_run:
    mlflow.log_params({"patience": MY_PATIENCE, "min_delta": MY_DELTA, "max_trials": MY_MAX})
    mlflow.log_artifact("cv_splits.csv")
    my_open(5).optimize(my_objective, n_trials=6)

my_study = my_open(6)
with mlflow.start_run(run_id=my_study_run.info.run_id):
    my_study.optimize(my_objective, n_trials=MY_MAX - len(my_study.trials), callbacks=[my_stop])
    mlflow.log_artifact("forecast_study.log")
my_frame = my_study.trials_dataframe()
my_frame.groupby("state").agg(n=("number", "count"), best=("value", "max"), last=("number", "max"))
