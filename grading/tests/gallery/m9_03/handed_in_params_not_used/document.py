said = {
    my_runs[0]: "Spring's ridge model has an RMSE of {:.1f} on the test patients.",
    my_runs[1]: "With more patients the RMSE is {:.1f} on the same test patients.",
    my_third: "With alpha 5000 the RMSE rises to {:.1f}, so it was refused.",
}
for run_id, sentence in said.items():
    text = sentence.format(mlflow.get_run(run_id).data.metrics["test_rmse"])
    log = experiment_log(
        run_id,
        objective="Predict progression.",
        hypothesis="More patients make a better model.",
        success_criterion="A lower RMSE",
        experimenter=STUDENT,
        observations="As expected.",
        conclusion=text,
        next_steps="Other models.",
        readiness="Not ready.",
    )
    client.set_tag(run_id, "mlflow.note.content", text)
    mlflow.log_text(log, "experiment_log.md", run_id=run_id)
