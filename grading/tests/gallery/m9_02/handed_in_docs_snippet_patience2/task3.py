# after "Tune with Optuna" in docs/code_snippets.md
from collections.abc import Callable

mlflow.set_experiment("diabetes-tuning")
my_journal = Path("forecast_study.log")
my_journal.unlink(missing_ok=True)


def my_objective(trial: optuna.Trial) -> float:
    """Mean RMSE of the folds; gives up early when the first folds are poor."""
    settings, pruned, found = suggest(trial, my_space), False, []
    with mlflow.start_run(
        run_name=f"trial-{trial.number}", nested=True, tags={"splits_sha256": sha256(my_split_table)}
    ):
        mlflow.log_params({**trial.params, "trial": trial.number})
        scores = fold_scores(
            forecast(**settings), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error
        )
        for step, score in enumerate(scores):
            found.append(score)
            mlflow.log_metric("cv_rmse", score, step=step)
            trial.report(np.mean(found), step)
            if step < 4 and (pruned := trial.should_prune()):
                break
        mlflow.set_tag("optuna.state", "PRUNED" if pruned else "COMPLETE")
        if not pruned:
            mlflow.log_metrics({"cv_rmse_mean": np.mean(found), "cv_rmse_std": np.std(found, ddof=1)})
    if pruned:
        raise optuna.TrialPruned
    return float(np.mean(found))


def patience(trials: int, min_delta: float) -> Callable[[optuna.Study, optuna.trial.FrozenTrial], None]:
    """A callback that stops a study when so many trials in a row did not improve the best by min_delta."""

    def stop_if_stuck(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
        done = [trial.value for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
        if len(done) > trials and min(done[:-trials]) - min(done) < min_delta:
            study.stop()

    return stop_if_stuck


def study_of(seed):
    return optuna.create_study(
        study_name="forecast",
        storage=JournalStorage(JournalFileBackend(str(my_journal))),
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
        direction="minimize",
    )


with mlflow.start_run(run_name="tuning-tpe", tags={"tuning_method": "TPE"}) as my_study_run:
    mlflow.log_params({"max_trials": 40, "patience": 10, "min_delta": 0.2})
    mlflow.log_text(my_split_table, "cv_splits.csv")
    study_of(SEED).optimize(my_objective, n_trials=7)
    my_study = study_of(SEED + 1)
    my_study.optimize(my_objective, n_trials=40 - len(my_study.trials), callbacks=[patience(10, min_delta=0.2)])
    mlflow.log_artifact(str(my_journal))
gave_up = sum(trial.state == optuna.trial.TrialState.PRUNED for trial in my_study.trials)
print(f"{gave_up} of {len(my_study.trials)} trials pruned")
