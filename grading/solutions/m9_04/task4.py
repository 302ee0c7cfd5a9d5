mlflow.set_experiment("diabetes-progression-comparison")
chosen = finals["ridge"]
reached = tools.logged_metrics(chosen)["test_rmse"]
verdicts = " and ".join(tests["verdict"])
conclusion = (
    f"We choose ridge, with a test RMSE of {reached:.2f} points. The tests against tree and forest say: {verdicts}."
)
client.set_tag(chosen, "mlflow.note.content", conclusion)

number = tools.register("diabetes-progression", chosen)
card = model_card(
    f"diabetes-progression/{number}",
    intended_use="A doctor plans how soon to see a patient again.",
    not_for="Deciding on medication, or on patients of another clinic.",
    limitations="442 patients, ten measurements, one year.",
    ethical_considerations="Who is forecast too low is seen too late.",
    contact="The clinic's data team",
)
mlflow.log_text(card, "model_card.md", run_id=chosen)

log = experiment_log(
    chosen,
    objective="Choose the family that forecasts how far diabetes has gone.",
    hypothesis="A forest errs at least 6 points less than a linear model.",
    success_criterion="A corrected p below 0.05 on patients never seen.",
    observations="Most patients are hard for all families alike.",
    conclusion=conclusion,
    next_steps="Ask the clinic whether a difference under 6 points would matter.",
    readiness="Ready for a trial beside the doctors, not instead of them.",
    experimenter=STUDENT,
)
mlflow.log_text(log, "experiment_log.md", run_id=chosen)

practices = pd.DataFrame(
    [
        ["Hold out the same rows for all", run_ids["forest"], "out_of_fold.csv"],
        ["Keep the score of every split", run_ids["tree"], "metrics.fold_rmse"],
        ["Plan the sample size before the test", ab_test_id, "params.required_n"],
        ["Correct for several tests", ab_test_id, "params.correction"],
        ["Keep the predictions", chosen, "predictions.csv"],
        ["Log the random seed", chosen, "params.seed"],
        ["Record which data", chosen, "tags.data_sha256"],
    ],
    columns=["practice", "run_id", "shown_by"],
)
entries = practices.to_dict("records")
mlflow.log_dict(entries, "best_practices.json", run_id=comparison_id)
