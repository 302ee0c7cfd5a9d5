mlflow.set_experiment("diabetes-progression-versions")
my_lineage = []
for number in my_versions:
    registered = client.get_model_version(MODEL, str(number))
    run = mlflow.get_run(registered.run_id)
    link = {"model": MODEL, "version": number, "run_id": registered.run_id, "data_path": "diabetes.csv"}
    link["dataset_digest"] = run.inputs.dataset_inputs[0].dataset.digest
    link["data_md5"] = run.data.tags["dvc_md5"]
    link["data_commit"] = run.data.tags["data_commit"]
    link["code_commit"] = run.data.tags["mlflow.source.git.commit"]
    my_lineage.append(link)
    loaded = mlflow.sklearn.load_model(f"models:/{MODEL}/{number}")
    weights = pd.DataFrame({"feature": loaded.feature_names_in_, "importance": loaded[-1].coef_})
    mlflow.log_text(weights.to_csv(index=False), "feature_importance.csv", run_id=registered.run_id)

drawing, axes = plt.subplots(figsize=(8, 2), layout="constrained")
axes.axis("off")
for y, link in enumerate(my_lineage):
    said = (link["version"], link["run_id"][:8], link["dataset_digest"], link["data_md5"][:8], link["data_commit"][:8])
    axes.text(0.5, 0.25 + 0.5 * y, " → ".join(map(str, said)), ha="center", family="monospace")
axes.set_title("Version, run, dataset, file, commit")

origin = my_lineage[0]
with dvc.api.open(origin["data_path"], repo=str(forecast), rev=origin["data_commit"]) as stream:
    then = pd.read_csv(stream, index_col="row")
loaded = mlflow.sklearn.load_model(f"models:/{origin['model']}/{origin['version']}")
repeated = pd.DataFrame({"version": origin["version"], "row": diabetes_test})
repeated["y_pred"] = loaded.predict(then.loc[diabetes_test].drop(columns="progression"))
with mlflow.start_run(run_name="lineage"):
    mlflow.log_text(json.dumps(my_lineage), "lineage.json")
    mlflow.log_figure(drawing, "lineage.png")
    mlflow.log_text(repeated.to_csv(index=False), "reproduced.csv")
plt.close("all")
