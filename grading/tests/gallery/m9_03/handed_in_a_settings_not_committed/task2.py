mlflow.set_experiment(MY_EXPERIMENT)
MODEL = "ridge-study"


def add_version(run_id, description):
    run = mlflow.get_run(run_id)
    model_id = run.outputs.model_outputs[0].model_id
    chosen = {tag: run.data.tags[tag] for tag in ("data_version", "dvc_md5")}
    entry = mlflow.register_model(f"models:/{model_id}", MODEL, tags=chosen)
    client.update_model_version(MODEL, entry.version, description=description)
    return int(entry.version)


my_versions = [
    add_version(my_runs[0], "Spring: ridge regression, learned from the first extract of the clinic"),
    add_version(my_runs[1], "Summer: ridge regression, learned from everything the clinic has sent"),
]
both = pd.DataFrame({"version": my_versions, "run_id": my_runs})
for metric in ("test_rmse", "test_mae", "test_r2"):
    both[metric] = [round(mlflow.get_run(run_id).data.metrics[metric], 4) for run_id in both["run_id"]]
with mlflow.start_run(run_name="versions-side-by-side"):
    mlflow.log_text(both.to_csv(index=False), "comparison.csv")
both
