mlflow.set_experiment("diabetes-progression-tuning")
journal = Path("forecast_study.log")
journal.unlink(missing_ok=True)  # a new study each time this cell runs
rule = {"min_trials": 20, "patience": 10, "min_delta": 0.05, "max_trials": 40}


def scores_until_pruned(trial, model):
    scores = []
    for fold, split in enumerate(cv.split(X_train, y_train)):
        rmse = root_mean_squared_error
        score = tools.score_fold(model, X_train, y_train, split, rmse)
        mlflow.log_metric("cv_rmse", score, step=fold)
        scores.append(score)
        trial.report(np.mean(scores), step=fold)
        if fold < 4 and trial.should_prune():
            break
    return scores


def objective(trial):
    settings = tools.suggest(trial, space)
    name = f"trial-{trial.number}"
    with mlflow.start_run(run_name=name, nested=True, tags=splits_tags):
        mlflow.log_params(settings | {"trial": trial.number})
        scores = scores_until_pruned(trial, forecast(**settings))
        if len(scores) == 5:
            mlflow.set_tag("optuna.state", "COMPLETE")
            return tools.log_mean_and_std("cv_rmse", scores)
        mlflow.set_tag("optuna.state", "PRUNED")
    raise optuna.TrialPruned


def stop(study, _trial):
    if len(study.trials) >= rule["min_trials"]:
        waited = tools.trials_without_gain(study, rule["min_delta"])
        if waited >= rule["patience"]:
            study.stop()


def open_study(seed):
    return optuna.create_study(
        study_name="forecast",
        storage=tools.journal_storage(journal),
        load_if_exists=True,
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=1),
    )


with mlflow.start_run(run_name="tpe-study") as study_run:
    mlflow.set_tag("tuning_method", "tpe")
    mlflow.log_params(rule)
    mlflow.log_text(splits_text, "cv_splits.csv")
    open_study(SEED + 1).optimize(objective, n_trials=8)
    study = open_study(SEED + 2)  # after the break: the journal knows eight trials
    study.optimize(objective, n_trials=rule["max_trials"] - 8, callbacks=[stop])
    mlflow.log_artifact(str(journal))
study_id = study_run.info.run_id
