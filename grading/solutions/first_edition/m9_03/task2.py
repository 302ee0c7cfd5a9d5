mlflow.set_experiment("diabetes-progression-versions")
MODEL = "diabetes-forecast"
if not client.search_registered_models(f"name = '{MODEL}'"):
    client.create_registered_model(MODEL)


def new_version(run_id, description):
    run = mlflow.get_run(run_id)
    tags = {"data_version": run.data.tags["data_version"], "dvc_md5": run.data.tags["dvc_md5"]}
    source = f"models:/{run.outputs.model_outputs[0].model_id}"
    made = client.create_model_version(MODEL, source, run_id=run_id, tags=tags, description=description)
    return int(made.version)


my_versions = [
    new_version(my_runs[0], "Ridge on the first extract of the clinic."),
    new_version(my_runs[1], "The same ridge on the full extract."),
]
table = []
for number in my_versions:
    registered = client.get_model_version(MODEL, str(number))
    measured = mlflow.get_run(registered.run_id).data.metrics
    table.append(
        {
            "version": number,
            "run_id": registered.run_id,
            "test_rmse": measured["test_rmse"],
            "test_r2": measured["test_r2"],
        }
    )
with mlflow.start_run(run_name="comparison"):
    mlflow.log_text(pd.DataFrame(table).to_csv(index=False), "comparison.csv")
