sentences = [
    (my_runs[0], "We learn that a plain ridge reaches an RMSE of {0:.0f} points on spring's test patients.".format),
    (
        my_runs[1],
        "We learn that 133 more patients leave the RMSE at {0:.0f} points, so data are not what is missing.".format,
    ),
    (my_third, "We learn that the lasso drops too many columns: RMSE {0:.0f} points, refused at 56.".format),
]
for run_id, sentence in sentences:
    learned = sentence(mlflow.get_run(run_id).data.metrics["test_rmse"])
    with mlflow.start_run(run_id=run_id):
        mlflow.log_text(
            experiment_log(
                run_id,
                objective="Tell patients where they will be in a year.",
                hypothesis="The RMSE is below 56 points and falls with more patients.",
                success_criterion="RMSE on the same 78 patients.",
                experimenter=STUDENT,
                observations=f"Strongest column: {pd.read_csv(mlflow.artifacts.download_artifacts(f'runs:/{run_id}/predictions.csv')).y_pred.std():.1f} points is the spread of the forecasts.",
                conclusion=learned,
                next_steps="Ask for the date of the first visit.",
                readiness="For discussion only.",
            ),
            "experiment_log.md",
        )
        mlflow.set_tag("mlflow.note.content", learned)
