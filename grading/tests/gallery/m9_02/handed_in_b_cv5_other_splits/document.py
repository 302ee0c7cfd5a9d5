mlflow.set_experiment("bogdan forecast")
note = f"""Best of {len(everything)} settings, chosen on 5 folds.

* test RMSE **{e_final:.4f}**, baseline **{e_base:.4f}**
* So tuning gave {e_base - e_final:.2f} points. It is less than one standard error of the folds; I would not pay for it.
"""
with mlflow.start_run(run_id=my_final):
    mlflow.set_tag("mlflow.note.content", note)
    log_text_ = experiment_log(
        my_final,
        experimenter=STUDENT,
        objective="To predict progression of diabetes, and to see if optuna finds something that a grid does not.",
        hypothesis="Optuna is at least 0.5 RMSE better than the grid in cross-validation.",
        success_criterion="cv_rmse_mean of best trial < cv_rmse_mean of best grid point - 0.5",
        observations=f"Best grid point {grid_table['metrics.cv_rmse_mean'].min():.3f}, best trial {my_study.best_value:.3f}. "
        "Hypothesis is wrong: difference is very small.",
        conclusion=note.replace("\n", " ").replace("*", ""),
        next_steps="A better model than linear; not a better alpha.",
        readiness="Not ready for use, only one split of one small study.",
    )
    mlflow.log_text(log_text_, "experiment_log.md")
