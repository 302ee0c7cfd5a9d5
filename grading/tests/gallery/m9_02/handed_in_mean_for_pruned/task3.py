mlflow.set_experiment("diabetes-forecast-tuning")
my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)
MY_RULE = {"patience": 10, "min_delta": 0.05, "max_trials": 40}
MY_SPLITS = {"splits_sha256": sha256(my_split_table)}


def my_objective(trial):
    settings = suggest(trial, my_space)
    scores = []
    with mlflow.start_run(run_name=f"trial-{trial.number}", nested=True, tags=MY_SPLITS):
        mlflow.log_params(settings)
        mlflow.log_param("trial", trial.number)
        for fold, score in enumerate(
            fold_scores(
                forecast(**settings), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error
            )
        ):
            mlflow.log_metric("cv_rmse", score, step=fold)
            scores.append(score)
            trial.report(np.mean(scores), len(scores))
            if len(scores) < 5 and trial.should_prune():
                break
        mlflow.log_metrics({"cv_rmse_mean": np.mean(scores), "cv_rmse_std": np.std(scores, ddof=1)})
        if len(scores) == 5:
            mlflow.set_tag("optuna.state", "COMPLETE")
            return np.mean(scores)
        mlflow.set_tag("optuna.state", "PRUNED")
    raise optuna.TrialPruned


def my_stop(study, _):
    best, waited = np.inf, 0
    for trial in study.trials:
        if trial.state.name == "COMPLETE" and trial.value < best - MY_RULE["min_delta"]:
            best, waited = trial.value, 0
        else:
            waited += 1
    if waited >= MY_RULE["patience"]:
        study.stop()


def my_open(seed):
    return optuna.create_study(
        study_name="forecast",
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        load_if_exists=True,
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=2),
    )


with mlflow.start_run(run_name="tpe-study", tags={"tuning_method": "tpe"}) as my_study_run:
    mlflow.log_params(MY_RULE)
    mlflow.log_text(my_split_table, "cv_splits.csv")
    my_open(SEED).optimize(my_objective, n_trials=8)
my_study = my_open(SEED + 1)
with mlflow.start_run(run_id=my_study_run.info.run_id):
    my_study.optimize(my_objective, n_trials=MY_RULE["max_trials"] - len(my_study.trials), callbacks=[my_stop])
    mlflow.log_artifact(str(my_journal))
print(len(my_study.trials), my_study.best_value, my_study.best_params)
