words = {
    r1: "With 231 patients the forecast is off by {test_rmse:.2f} points RMSE.",
    r2: "With 364 patients the forecast is off by {test_rmse:.2f} points RMSE, hardly any better.",
    my_third: "With alpha at 5000 the forecast is off by {test_rmse:.2f} points RMSE, far too much.",
}
for rid in words:
    text = words[rid].format_map(client.get_run(rid).data.metrics)
    client.set_tag(rid, "mlflow.note.content", text)
    md = experiment_log(
        rid,
        objective="Foresee progression.",
        hypothesis="More patients, smaller RMSE.",
        success_criterion="RMSE lower by 1.",
        experimenter="S. Student",
        observations="bmi weighs most in all.",
        conclusion=text,
        next_steps="Collect more columns.",
        readiness="Not yet.",
    )
    md += "\n## My own notes\n\nI tried alpha 0.1 and 10 as well, outside MLflow; nothing changed.\n"
    Path("experiment_log.md").write_text(md)
    client.log_artifact(rid, "experiment_log.md")
os.remove("experiment_log.md")
