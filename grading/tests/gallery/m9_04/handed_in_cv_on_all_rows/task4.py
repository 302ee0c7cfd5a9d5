def describe(f, conclusion):
    rid = final_ids[f]
    client.set_tag(rid, "mlflow.note.content", conclusion)
    text = experiment_log(
        rid,
        objective="Choose a model family that predicts diabetes progression.",
        hypothesis="One family is better than the others by 6 points of absolute error.",
        success_criterion="A corrected p-value below 0.05.",
        observations="A few patients are far off for every family.",
        conclusion=conclusion,
        next_steps="Collect more patients.",
        readiness="Not ready, one study only.",
        experimenter=STUDENT,
    )
    mlflow.log_text(text, "experiment_log.md", run_id=rid)


mae = {f: mlflow.get_run(i).data.metrics["test_mae"] for f, i in final_ids.items()}
describe(choice, f"{choice} is chosen with a test MAE of {mae[choice]:.2f}.")
nr = register("diabetes-progression", final_ids[choice])
card = model_card(
    f"diabetes-progression/{nr}",
    intended_use="Plan follow-up visits one year ahead, by a doctor.",
    not_for="Deciding on treatment.",
    limitations="One study, 442 patients.",
    ethical_considerations="Too low a prediction costs a patient a visit.",
    contact="The clinic's data team",
)
mlflow.log_text(card, "model_card.md", run_id=final_ids[choice])
my_practices = [
    {"practice": "Same splits for all", "run_id": final_ids[choice], "shown_by": "params.seed"},
    {"practice": "Keep the predictions", "run_id": final_ids[choice], "shown_by": "predictions.csv"},
    {"practice": "Correct for several tests", "run_id": my_test, "shown_by": "params.correction"},
    {"practice": "Record the data", "run_id": final_ids[choice], "shown_by": "tags.data_sha256"},
    {"practice": "Pin the versions", "run_id": final_ids[choice], "shown_by": "requirements.txt"},
    {"practice": "Report an interval", "run_id": candidate_ids[choice], "shown_by": "metrics.cv_rmse_low"},
]
mlflow.log_dict(my_practices, "best_practices.json", run_id=my_board)
