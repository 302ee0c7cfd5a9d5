mlflow.set_experiment("diabetes-progression-tuning")
my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)
PATIENCE, MIN_DELTA, MAX_TRIALS = 18, 0.05, 50


def one_trial(trial):
    settings, errors = {}, []
    for name, about in my_space.items():
        kind = trial.suggest_int if about["type"] == "int" else trial.suggest_float
        settings[name] = kind(name, about["low"], about["high"], log=about.get("log", False))
    with mlflow.start_run(run_name=f"trial-{trial.number}", nested=True, tags=FOLDS):
        for error in forecast_errors(settings):
            errors.append(error)
            trial.report(np.mean(errors), len(errors))
            if len(errors) < 5 and trial.should_prune():
                break
        log_candidate(settings | {"trial": trial.number}, errors)
        mlflow.set_tag("optuna.state", "COMPLETE" if len(errors) == 5 else "PRUNED")
    if len(errors) < 5:
        raise optuna.TrialPruned
    return np.mean(errors)


def out_of_patience(study, _):
    best, waited = np.inf, 0
    for trial in study.trials:
        waited += 1
        if trial.state.name == "COMPLETE" and trial.value < best - MIN_DELTA:
            best, waited = trial.value, 0
    if waited >= PATIENCE:
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
    mlflow.log_params({"patience": PATIENCE, "min_delta": MIN_DELTA, "max_trials": MAX_TRIALS})
    mlflow.log_text(my_splits, "cv_splits.csv")
    my_open(SEED).optimize(one_trial, n_trials=7)
    my_study = my_open(SEED + 1)
    my_study.optimize(one_trial, n_trials=MAX_TRIALS - 7, callbacks=[out_of_patience])
    mlflow.log_artifact(str(my_journal))
