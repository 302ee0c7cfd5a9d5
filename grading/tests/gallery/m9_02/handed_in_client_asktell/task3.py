from optuna.trial import TrialState

my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)
PATIENCE, MIN_DELTA, MAX_TRIALS = 12, 0.02, 45


def reopen(seed):
    return optuna.create_study(
        study_name="forecast",
        direction="minimize",
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=6),
        pruner=optuna.pruners.PercentilePruner(40.0, n_startup_trials=5, n_warmup_steps=2),
        load_if_exists=True,
    )


def tired(study):
    best, idle = float("inf"), 0
    for trial in study.get_trials(deepcopy=False):
        if trial.state == TrialState.COMPLETE and best - trial.value > MIN_DELTA:
            best, idle = trial.value, 0
        else:
            idle += 1
    return idle >= PATIENCE


def one_trial(study, parent_id):
    trial = study.ask()
    settings = suggest(trial, my_space)
    run_id = child(parent_id, f"trial-{trial.number:02d}")
    mlc.log_batch(run_id, params=[Param(k, str(v)) for k, v in {**settings, "trial": trial.number}.items()])
    values = []
    for fold, value in enumerate(rmse_folds(settings)):
        log_fold(run_id, fold, value)
        values.append(value)
        trial.report(float(np.mean(values)), step=fold + 1)
        if fold < 4 and trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            mlc.set_tag(run_id, "optuna.state", "PRUNED")
            break
    else:
        close_complete(run_id, values)
        study.tell(trial, float(np.mean(values)))
        mlc.set_tag(run_id, "optuna.state", "COMPLETE")
    mlc.set_terminated(run_id)


study_parent = mlc.create_run(exp_id, run_name="tpe", tags={"tuning_method": "tpe"}).info.run_id
for key, value in {"patience": PATIENCE, "min_delta": MIN_DELTA, "max_trials": MAX_TRIALS}.items():
    mlc.log_param(study_parent, key, value)
mlc.log_text(study_parent, folds_csv, "cv_splits.csv")
my_study = reopen(1)
for _ in range(9):
    one_trial(my_study, study_parent)
del my_study  # lights out

my_study = reopen(2)
while len(my_study.trials) < MAX_TRIALS and not tired(my_study):
    one_trial(my_study, study_parent)
mlc.log_artifact(study_parent, str(my_journal))
mlc.set_terminated(study_parent)
print(len(my_study.trials), my_study.best_value)
