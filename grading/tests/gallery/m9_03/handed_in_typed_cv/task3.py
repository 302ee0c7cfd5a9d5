mlflow.set_experiment(EXPERIMENT)
importance = {}
my_lineage = []
for run_id, number in zip(my_runs, my_versions):
    run = mlflow.get_run(run_id)
    my_lineage.append(
        {
            "model": MODEL,
            "version": number,
            "run_id": run_id,
            "dataset_digest": run.inputs.dataset_inputs[0].dataset.digest,
            "data_path": str(forecast / "diabetes.csv"),
            "data_md5": run.data.tags["dvc_md5"],
            "data_commit": run.data.tags["data_commit"],
            "code_commit": run.data.tags["mlflow.source.git.commit"],
        }
    )
    loaded = mlflow.sklearn.load_model(f"models:/{MODEL}/{number}")
    importance[number] = pd.Series(loaded[-1].coef_, index=loaded[0].feature_names_in_, name="importance").rename_axis(
        "feature"
    )
    with mlflow.start_run(run_id=run_id):
        mlflow.log_text(importance[number].reset_index().to_csv(index=False), "feature_importance.csv")

image, axis = plt.subplots(figsize=(8, 3))
axis.imshow([[0.3, 0.4, 0.5, 0.6, 0.7]] * 2, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for i, one in enumerate(my_lineage):
    for j, key in enumerate(("version", "run_id", "dataset_digest", "data_md5", "data_commit")):
        axis.text(j, i, str(one[key])[:7], ha="center", va="center")
axis.set_xticks(range(5), ("version", "run", "digest", "md5", "commit"))
axis.set_yticks([])

every = []
for one in my_lineage[:1]:
    with dvc.api.open("diabetes.csv", repo=str(forecast), rev=one["data_commit"]) as stream:
        back_then = pd.read_csv(stream, index_col="row")
    loaded = mlflow.sklearn.load_model(f"models:/{one['model']}/{one['version']}")
    X = back_then.loc[back_then.index.isin(diabetes_test)].drop(columns="progression")
    every.append(pd.DataFrame({"version": one["version"], "row": X.index, "y_pred": loaded.predict(X)}))
with mlflow.start_run(run_name="origins"):
    mlflow.log_figure(image, "lineage.png")
    mlflow.log_text(json.dumps(my_lineage, indent=1, sort_keys=True), "lineage.json")
    mlflow.log_text(pd.concat(every).to_csv(index=False), "reproduced.csv")
plt.close("all")
