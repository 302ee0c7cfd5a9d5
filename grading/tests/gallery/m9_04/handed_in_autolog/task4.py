store = mlflow.MlflowClient()
scores = {fam: store.get_run(i).data.metrics["test_mae"] for fam, i in FINAL.items()}
said = f"elastic-net is chosen. On {len(Pt)} test patients its mean absolute error is {scores[PICK]:.3f} points; at alpha 0.01 and with {REQUIRED} patients needed we cannot show a difference from the others."
words = dict(
    objective="Find the family for the one-year progression model.",
    hypothesis="Elastic net and the trees differ by 6 points or more.",
    success_criterion="Holm-corrected p-value below 0.01.",
    observations="Small differences; everything is linear enough.",
    next_steps="Collect more patients and test again.",
    readiness="Ready for a shadow phase only.",
    experimenter=STUDENT,
)
store.set_tag(FINAL[PICK], "mlflow.note.content", said)
store.log_text(FINAL[PICK], experiment_log(FINAL[PICK], conclusion=said, **words), "experiment_log.md")
reg = mlflow.register_model(f"models:/{store.get_run(FINAL[PICK]).outputs.model_outputs[0].model_id}", "progression")
store.log_text(
    FINAL[PICK],
    model_card(
        f"progression/{reg.version}",
        intended_use="Support for a doctor who plans controls for the next year.",
        not_for="Not for choosing a drug.",
        limitations="One study. The unit of the target is unknown.",
        ethical_considerations="Underestimation delays help for the patient.",
        contact="Clinic data team, phone 12",
    ),
    "model_card.md",
)
practice_list = []
for text, where, what in [
    ("Compare on the same splits", boards[PICK], "params.n_repeats"),
    ("Give an interval for each mean", boards[PICK], "metrics.cv_rmse_high"),
    ("Name the experiment's stage by a tag", FINAL["boosting"], "tags.stage"),
    ("Plan before testing", abr.info.run_id, "params.alpha"),
    ("Keep all predictions", FINAL["forest"], "predictions.csv"),
    ("Write a model card", FINAL[PICK], "model_card.md"),
    ("Look at the residuals", FINAL["boosting"], "residuals.png"),
]:
    practice_list.append({"practice": text, "run_id": where, "shown_by": what})
store.log_dict(abr.info.run_id, practice_list, "best_practices.json")
