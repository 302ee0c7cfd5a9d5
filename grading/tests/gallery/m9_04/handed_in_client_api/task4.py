m = {name: mc.get_run(i).data.metrics for name, i in my_finals.items()}


def write_down(name, said):
    run_id = my_finals[name]
    mc.set_tag(run_id, "mlflow.note.content", said)
    text = experiment_log(
        run_id,
        objective="Decide which family predicts the progression of diabetes after a year.",
        hypothesis="The families differ by at least 6 points of absolute error.",
        success_criterion="Corrected p below 0.05 in the paired test on 177 patients.",
        observations="The hardest patients are the same for all the families.",
        conclusion=said,
        next_steps="Repeat with patients of a second clinic.",
        readiness="Not for use yet; one study and one split.",
        experimenter="Student one",
    )
    save_text(run_id, "experiment_log.md", text)


write_down(best, f"We choose {best}: its test error is {m[best]['test_mae']:.1f} points (MAE) on 177 new patients.")
mc.create_registered_model("diabetes-model")
logged_model = mc.get_run(my_finals[best]).outputs.model_outputs[0].model_id
v = mc.create_model_version("diabetes-model", f"models:/{logged_model}", my_finals[best])
card_text = model_card(
    f"diabetes-model/{v.version}",
    intended_use="A diabetologist plans the next visits with it.",
    not_for="It must not decide on insulin, and not for children.",
    limitations="442 patients of a single study; unit of the target unknown.",
    ethical_considerations="Patients with an underestimated progression come too late.",
    contact="Data office of the clinic",
)
save_text(my_finals[best], "model_card.md", card_text)
practices_mine = [
    dict(practice="Use one seed and log it", run_id=my_finals[best], shown_by="params.seed"),
    dict(practice="Keep predictions of every test patient", run_id=my_finals[best], shown_by="predictions.csv"),
    dict(practice="Plan the number of patients first", run_id=PLAN, shown_by="params.required_n"),
    dict(practice="Correct p-values", run_id=AB, shown_by="params.correction"),
    dict(practice="Name the data by its hash", run_id=my_finals[rest[0]], shown_by="tags.data_sha256"),
    dict(practice="Measure how fast the model answers", run_id=my_finals[rest[1]], shown_by="metrics.latency_ms"),
    dict(practice="Keep the numbers of a figure", run_id=COMP, shown_by="learning_curves.csv"),
]
save_text(COMP, "best_practices.json", json.dumps(practices_mine, indent=2))
