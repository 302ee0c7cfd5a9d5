mlflow.set_experiment("diabetes-progression-comparison")
chosen = final_runs["ridge"]
reached = mlflow.get_run(chosen).data.metrics["test_rmse"]
verdicts = ", ".join(
    f"{row.verdict} from {name}" for name, row in zip(("the tree", "the forest"), tests.itertuples(), strict=True)
)
conclusion = f"We choose ridge: its test RMSE is {reached:.2f} points; {verdicts}; and it is small and fast."
client.set_tag(chosen, "mlflow.note.content", conclusion)
log = experiment_log(
    chosen,
    objective="Choose the family that forecasts how far diabetes has gone after a year.",
    hypothesis="A forest errs at least 6 points less than a linear model.",
    success_criterion="A corrected p below 0.05 on patients that no family has seen.",
    observations="Most patients are hard for all families alike.",
    conclusion=conclusion,
    next_steps="Ask the clinic whether a difference under 6 points would matter.",
    readiness="Ready for a trial beside the doctors, not instead of them.",
    experimenter=STUDENT,
)
mlflow.log_text(log, "experiment_log.md", run_id=chosen)

number = register("diabetes-progression", chosen)
card = model_card(
    f"diabetes-progression/{number}",
    intended_use="A doctor plans how soon to see a patient again.",
    not_for="Deciding on medication, or on patients of another clinic.",
    limitations="442 patients, ten measurements, one year.",
    ethical_considerations="Who is forecast too low is seen too late.",
    contact="The clinic's data team",
)
mlflow.log_text(card, "model_card.md", run_id=chosen)

practices = [
    ("The same splits for all families", family_runs["forest"], "out_of_fold.csv"),
    ("Every split's score is kept", family_runs["tree"], "metrics.fold_rmse"),
    ("The sample size comes before the test", test_run, "params.required_n"),
    ("Several tests are corrected", test_run, "params.correction"),
    ("Predictions are kept", chosen, "predictions.csv"),
    ("The seed is logged", chosen, "params.seed"),
    ("The data version is recorded", chosen, "tags.data_sha256"),
]
listed = [dict(zip(("practice", "run_id", "shown_by"), practice, strict=True)) for practice in practices]
mlflow.log_dict(listed, "best_practices.json", run_id=comparison_run)
