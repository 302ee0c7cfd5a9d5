mlflow.set_experiment("diabetes-forecast-tuning")
my_conclusion = f"The tuned forecast has a test RMSE of {my_test_rmse:.2f}; untuned it was {base_rmse:.2f}."
my_log = experiment_log(
    my_final,
    experimenter=STUDENT,
    objective="Forecast the progression of diabetes after a year, and see what tuning adds.",
    hypothesis="Tuning lowers the test RMSE by at least 2 points against the untuned model.",
    success_criterion="A test RMSE at least 2 points below that of the untuned model.",
    observations="Random search and TPE end within less than one standard error of each other.",
    conclusion=my_conclusion,
    next_steps="Repeat the folds with other splits; try a gradient boosting model.",
    readiness="Not ready: an error of more than 50 points is too much for one patient.",
)
mlflow.MlflowClient().set_tag(my_final, "mlflow.note.content", my_conclusion)
mlflow.log_text(my_log, "experiment_log.md", run_id=my_final)
