mlflow.set_experiment(Lab.experiment)
r2 = mlflow.get_run(my_run).data.metrics["test_r2"]
text = f"Ridge explains {r2:.3f} of the variance of the test patients, more than the 0.40 that we asked for, so the linear family stays."
with mlflow.start_run(run_id=my_run):
    mlflow.set_tag("mlflow.note.content", text)
    mlflow.log_text(
        experiment_log(
            my_run,
            objective="Plan follow-up visits a year ahead.",
            hypothesis="Test R2 of 0.40 or more.",
            success_criterion="test_r2 at least 0.40",
            observations="Half of the variance remains; bmi and log_triglycerides carry most.",
            conclusion=text,
            next_steps="Try the v2 extract and a spline for bmi.",
            readiness="A pilot beside the nurses, not instead of them.",
            experimenter=STUDENT,
        ),
        "experiment_log.md",
    )
