my_journal = Path("amira_study.log")
my_journal.unlink(missing_ok=True)

my_rule = {"patience": 24, "min_delta": 0.1, "max_trials": 64}
study_search = Search("tpe", **my_rule)


def too_long_without_gain(study, frozen):
    level, last_gain = np.inf, -1
    for trial in study.trials:
        if trial.state.is_finished() and trial.state.name == "COMPLETE" and trial.value < level - my_rule["min_delta"]:
            level, last_gain = trial.value, trial.number
    if frozen.number - last_gain >= my_rule["patience"]:
        study.stop()


def study_from_file(seed):
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        study_name="amira",
        load_if_exists=True,
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1),
    )


def try_one(trial):
    def give_up(mean, folds):
        trial.report(mean, folds)
        return folds < 5 and trial.should_prune()

    settings_of_trial = suggest(trial, my_space)
    errors, complete = study_search.attempt(f"trial {trial.number}", settings_of_trial, give_up, trial=trial.number)
    if not complete:
        raise optuna.TrialPruned(f"after {len(errors)} folds")
    return float(np.mean(errors))


with study_search.opened():
    study_from_file(11).optimize(try_one, n_trials=9, callbacks=[too_long_without_gain])

# --- here the computer was off ---

with study_search.opened():
    my_study = study_from_file(12)
    my_study.optimize(try_one, n_trials=my_rule["max_trials"] - len(my_study.trials), callbacks=[too_long_without_gain])
    mlflow.log_artifact(my_journal)
print(my_study.trials_dataframe()["state"].value_counts().to_dict(), round(my_study.best_value, 3))
