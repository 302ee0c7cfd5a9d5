mlflow.set_experiment(experiment_id=MINE)
NAME = "diabetes-forecast"
texts = {
    run_a: "A ridge model learned from the 231 first patients only",
    run_b: "A ridge model that has also learned from the patients of the summer",
}
my_versions = []
for rid, text in texts.items():
    v = mlflow.register_model(f"runs:/{rid}/model", NAME)
    client.update_model_version(NAME, v.version, description=text)
    tags = client.get_run(rid).data.tags
    for key in ("data_version", "dvc_md5"):
        client.set_model_version_tag(NAME, v.version, key, tags[key])
    my_versions.append(v.version)

table = pd.DataFrame(
    [
        (v, r, client.get_run(r).data.metrics["test_rmse"], client.get_run(r).data.metrics["test_r2"])
        for v, r in zip(my_versions, my_runs)
    ],
    columns=["version", "run_id", "test_rmse", "test_r2"],
)
cmp_run = client.create_run(MINE, run_name="compare-versions").info.run_id
client.log_text(cmp_run, table.to_csv(index=False), "comparison.csv")
client.set_terminated(cmp_run)
table
