my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)
R = {"patience": 20, "min_delta": 0.005, "max_trials": 40}


def score_trial(trial):
    short = suggest(trial, my_space)
    model_ = forecast(**{FULL[name]: value for name, value in short.items()})
    so_far, state = [], "COMPLETE"
    with mlflow.start_run(run_name=f"t{trial.number:03}", nested=True):
        mlflow.set_tag("splits_sha256", SPLIT_HASH)
        mlflow.log_param("trial", trial.number)
        mlflow.log_params(short)
        for fold, (rest, held) in enumerate(SAME.split()):
            fitted = clone(model_).fit(D_X.iloc[rest], D_y.iloc[rest])
            so_far.append(metrics.root_mean_squared_error(D_y.iloc[held], fitted.predict(D_X.iloc[held])))
            mlflow.log_metric("cv_rmse", so_far[-1], step=fold)
            trial.report(np.mean(so_far), fold)
            if fold < 4 and trial.should_prune():
                state = "PRUNED"
                break
        mlflow.set_tag("optuna.state", state)
        if state == "COMPLETE":
            mlflow.log_metrics({"cv_rmse_mean": np.mean(so_far), "cv_rmse_std": np.std(so_far)})
    if state == "PRUNED":
        raise optuna.TrialPruned
    return np.mean(so_far)


def enough(study, trial):
    values = [t.value if t.state.name == "COMPLETE" else np.inf for t in study.trials]
    best, wait = np.inf, 0
    for v in values:
        wait = 0 if v < best - R["min_delta"] else wait + 1
        best = v if wait == 0 else best
    if wait >= R["patience"]:
        study.stop()


def pull_the_plug(study, trial):
    if trial.number == 5:
        raise KeyboardInterrupt("somebody pulled the plug")


def study_again(seed):
    return optuna.create_study(
        study_name="b",
        direction="minimize",
        load_if_exists=True,
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        sampler=optuna.samplers.TPESampler(seed=seed, multivariate=False, n_startup_trials=12),
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2),
    )


mlflow.set_experiment("bogdan forecast")
with mlflow.start_run(run_name="optuna", tags={"tuning_method": "tpe"}) as my_run:
    mlflow.log_params(R)
    mlflow.log_text(SPLIT_CSV, "cv_splits.csv")
    try:
        study_again(1).optimize(score_trial, n_trials=R["max_trials"], callbacks=[enough, pull_the_plug])
    except KeyboardInterrupt as why:
        print(why)

with mlflow.start_run(run_id=my_run.info.run_id):
    my_study = study_again(2)
    print(len(my_study.trials), "trials are still there")
    my_study.optimize(score_trial, n_trials=R["max_trials"] - len(my_study.trials), callbacks=[enough])
    mlflow.log_artifact(str(my_journal))
my_study.trials_dataframe().tail(3)
