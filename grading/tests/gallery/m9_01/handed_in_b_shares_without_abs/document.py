mlflow.set_experiment(exp_name)
t = mlflow.get_run(my_run).data.metrics
my_conclusion = f"Hypothesis refuted: test RMSE {t['test_rmse']:.1f}, not under 50."
with mlflow.start_run(run_id=my_run):
    mlflow.set_tag("mlflow.note.content", my_conclusion)
md = experiment_log(
    my_run,
    objective="Triage: which new patients get worse fast?",
    hypothesis="With products of two columns, test RMSE is under 50 points.",
    success_criterion="test_rmse < 50.0",
    observations=f"Train {t['train_rmse']:.1f} and test {t['test_rmse']:.1f}: the products are learned partly by heart.",
    conclusion=my_conclusion + " The products do not help with 231 patients.",
    next_steps="Go back to the simple columns, use bigger extract.",
    readiness="Not ready",
    experimenter=STUDENT,
)
mlflow.log_text(md, "experiment_log.md", run_id=my_run)
