mlflow.set_experiment("sugar-clinic")
my_lineage = []
for v in my_versions:
    d = {"model": MODEL, "version": int(v)}
    d["run_id"] = client.get_model_version(MODEL, v).run_id
    the_run = client.get_run(d["run_id"])
    d["dataset_digest"] = the_run.inputs.dataset_inputs[0].dataset.digest
    d["data_path"] = target.name
    d["data_md5"] = the_run.data.tags["dvc_md5"]
    d["data_commit"] = the_run.data.tags["data_commit"]
    d["code_commit"] = the_run.data.tags["mlflow.source.git.commit"]
    my_lineage.append(d)

    loaded = mlflow.sklearn.load_model(f"models:/{MODEL}/{v}")
    coefs = dict(zip(loaded.feature_names_in_, loaded.named_steps["ridge"].coef_))
    text = "feature,importance\n" + "".join(f"{f},{c}\n" for f, c in sorted(coefs.items(), key=lambda t: -abs(t[1])))
    client.log_text(d["run_id"], text, "feature_importance.csv")

fig = plt.figure(figsize=(8, 3))
text = "\n".join(
    f"{d['model']} v{d['version']}  ->  run {d['run_id'][:8]}  ->  data {d['dataset_digest']}  ->  md5 {d['data_md5'][:8]}  ->  commit {d['data_commit'][:8]}"
    for d in my_lineage
)
fig.text(0.02, 0.5, text, family="monospace", fontsize=8)
fig.suptitle("Where my models come from")

with dvc.api.open("diabetes.csv", repo=str(forecast.resolve()), rev=c1) as f:
    frame = pd.read_csv(f, index_col="row")
kept = pd.read_csv(client.download_artifacts(r1, "predictions.csv"))
y = mlflow.sklearn.load_model(f"models:/{MODEL}/{my_versions[0]}").predict(
    frame.loc[kept.row, frame.columns != "progression"]
)
repro = kept[["row"]].assign(version=int(my_versions[0]), y_pred=y)[["version", "row", "y_pred"]]
with mlflow.start_run(run_name="sugar lineage") as lr:
    mlflow.log_text(json.dumps(my_lineage, indent=4), "lineage.json")
client.log_figure(lr.info.run_id, fig, "lineage.png")
client.log_text(lr.info.run_id, repro.to_csv(index=False), "reproduced.csv")
plt.close(fig)
