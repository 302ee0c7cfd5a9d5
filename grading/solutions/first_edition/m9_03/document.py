said = {
    my_runs[0]: ("On the first extract the forecast misses by {:.2f} points.", "Large values are missed most."),
    my_runs[1]: ("With more patients the same forecast misses by {:.2f} points.", "A small gain, same patients."),
    my_third: ("Shrunk towards the mean, the forecast misses by {:.2f} points.", "Over 60: the gate refused it."),
}
for run_id, (sentence, observed) in said.items():
    conclusion = sentence.format(mlflow.get_run(run_id).data.metrics["test_rmse"])
    log = experiment_log(
        run_id,
        objective="Say early which patients' diabetes will progress.",
        hypothesis="More patients make the forecast better.",
        success_criterion="A lower test RMSE on the same patients, and under 60 points.",
        observations=observed,
        conclusion=conclusion,
        next_steps="Ask how large a gain 78 test patients can show.",
        readiness="As the champion alias says.",
    )
    client.set_tag(run_id, "mlflow.note.content", conclusion)
    mlflow.log_text(log, "experiment_log.md", run_id=run_id)
