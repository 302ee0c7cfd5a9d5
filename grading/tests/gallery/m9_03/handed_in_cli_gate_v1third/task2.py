mlflow.set_experiment("sugar-clinic")
MODEL = "sugar-model"
client.create_registered_model(MODEL) if not client.search_registered_models(f"name='{MODEL}'") else None
my_versions = []
for rid, description in zip(
    my_runs, ["Learned from 231 patients of the first extract", "Learned from 364 patients of the second extract"]
):
    model_id = mlflow.get_run(rid).outputs.model_outputs[0].model_id
    v = client.create_model_version(name=MODEL, source=f"models:/{model_id}", run_id=rid, description=description)
    for k in ["data_version", "dvc_md5"]:
        client.set_model_version_tag(MODEL, v.version, k, mlflow.get_run(rid).data.tags[k])
    my_versions += [v.version]

lines = ["version,run_id,test_rmse,test_r2"]
for v, rid in zip(my_versions, my_runs):
    m = mlflow.get_run(rid).data.metrics
    lines.append(f"{v},{rid},{m['test_rmse']},{m['test_r2']}")
Path("comparison.csv").write_text("\n".join(lines) + "\n")
with mlflow.start_run(run_name="sugar comparison"):
    mlflow.log_artifact("comparison.csv")
os.remove("comparison.csv")
print(*lines, sep="\n")
