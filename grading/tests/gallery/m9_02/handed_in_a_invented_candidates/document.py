mlflow.set_experiment("forecast-tuning-amira")
difference_in_rmse = theirs["test_rmse"] - ours["test_rmse"]
what_i_found = (
    f"With degree {final_settings['polynomialfeatures__degree']} and the tuned penalty the test RMSE is "
    f"{ours['test_rmse']}, the untuned model has {theirs['test_rmse']} ({difference_in_rmse:+.2f} better). "
    "I would not say more from 78 patients."
)
with mlflow.start_run(run_id=my_final):
    mlflow.set_tag("mlflow.note.content", what_i_found)
    mlflow.log_text(
        experiment_log(
            my_final,
            experimenter=STUDENT,
            objective="A forecast of diabetes progression with a regularisation that was searched, not guessed.",
            hypothesis="Pairs of measurements are not needed: the rule will take degree 1, and its test RMSE is below 56.",
            success_criterion="degree 1 chosen and test_rmse < 56",
            observations=f"Of those within one standard error of the best, the degrees are {degrees}. "
            "positive=True was bad in each try.",
            conclusion=what_i_found,
            next_steps="Try a gradient boosting model with the same folds.",
            readiness="As a teaching example only.",
        ),
        "experiment_log.md",
    )
