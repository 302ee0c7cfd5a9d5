gain = 100 * (plain_rmse - tuned_rmse) / plain_rmse
verdict = "holds" if gain >= 3 else "does not hold"
my_conclusion = (
    f"The hypothesis {verdict}: the one-standard-error model has a test RMSE of {tuned_rmse:.2f} against {plain_rmse:.2f} untuned, "
    f"a change of {gain:.1f} percent."
)
report = experiment_log(
    my_final,
    experimenter=STUDENT,
    objective="See whether tuning an elastic net improves the forecast of diabetes progression.",
    hypothesis="Tuning lowers the test RMSE by at least 3 % against the defaults.",
    success_criterion="test_rmse at most 0.97 times the baseline's.",
    observations="Strong and weak penalties lie within one standard error of one another on these folds.",
    conclusion=my_conclusion,
    next_steps="Repeat on the full extract; repeat the folds with ten other seeds.",
    readiness="Not ready: half of the variance stays unexplained.",
)
mlc.set_tag(my_final, "mlflow.note.content", my_conclusion)
mlc.log_text(my_final, report, "experiment_log.md")
