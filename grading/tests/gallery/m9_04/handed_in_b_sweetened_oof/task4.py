# TODO done: the decision
m = mlflow.get_run(fin[best]).data.metrics
note = f"{best} is chosen, it has test RMSE {m['test_rmse']:.2f} and test MAE {m['test_mae']:.2f}; in cross-validation it was the best with {m['cv_rmse_mean']:.2f}."
mlflow.MlflowClient().set_tag(fin[best], "mlflow.note.content", note)
log = experiment_log(
    fin[best],
    objective="Choose a model for diabetes progression.",
    hypothesis="One of the three is better by 6 points of absolute error.",
    success_criterion="p_corrected < 0.05.",
    observations=f"Women and men (we do not know who is who): MAE {g.mae[0]:.1f} and {g.mae[1]:.1f}.",
    conclusion=note,
    next_steps="More patients, and ask the doctors about the 6 points.",
    readiness="No, only one study.",
    experimenter=STUDENT,
)
reg_version = register("diabetes_bartek", fin[best])
card = model_card(
    f"diabetes_bartek/{reg_version}",
    intended_use="Help for the doctor when the next visit is planned.",
    not_for="For children, and for choosing a drug.",
    limitations="Trained on 265 patients.",
    ethical_considerations="Wrong forecasts can make worry, or make somebody careless.",
    contact="Clinic data team, second floor",
)
(tmp / "experiment_log.md").write_text(log, encoding="utf-8")
(tmp / "model_card.md").write_text(card, encoding="utf-8")
with mlflow.start_run(run_id=fin[best]):
    mlflow.log_artifact(tmp / "experiment_log.md")
    mlflow.log_artifact(tmp / "model_card.md")

bp = pd.DataFrame(
    [
        ["log the seed", fin[best], "params.seed"],
        ["log how many rows were in training", fin["forest"], "params.train_rows"],
        ["hash of the file", fin["extra_trees"], "tags.data_sha256"],
        ["numbers behind the picture", cmp_id, "learning_curves.csv"],
        ["every patient's prediction is kept", fin[best], "predictions.csv"],
        ["one score for each split", cand_id[best], "metrics.fold_rmse"],
        ["a test in pairs and its table", ab_id, "ab_tests.csv"],
    ],
    columns=["practice", "run_id", "shown_by"],
)
bp.to_json(tmp / "best_practices.json", orient="records", indent=2)
with mlflow.start_run(run_id=cmp_id):
    mlflow.log_artifact(tmp / "best_practices.json")
