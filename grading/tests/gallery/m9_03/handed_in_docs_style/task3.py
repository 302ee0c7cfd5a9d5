mlflow.set_experiment("diabetes-progression-forecast")


def trace(number):
    mv = client.get_model_version(MODEL, str(number))
    run = mlflow.get_run(mv.run_id)
    t = run.data.tags
    [dataset] = [each.dataset for each in run.inputs.dataset_inputs]
    return {
        "model": MODEL,
        "version": int(mv.version),
        "run_id": mv.run_id,
        "dataset_digest": dataset.digest,
        "data_path": "diabetes.csv",
        "data_md5": t["dvc_md5"],
        "data_commit": t["data_commit"],
        "code_commit": t["mlflow.source.git.commit"],
    }


my_lineage = [trace(n) for n in my_versions]
for link in my_lineage:
    m = mlflow.sklearn.load_model(f"models:/{MODEL}/{link['version']}")
    w = pd.Series(m[-1].coef_, index=m.feature_names_in_).abs()
    w = w / w.sum()  # shares of the whole
    mlflow.log_text(
        w.rename_axis("feature").to_csv(header=["importance"]), "feature_importance.csv", run_id=link["run_id"]
    )

fig, ax = plt.subplots(figsize=(10, 2.5))
steps = ["version", "run_id", "dataset_digest", "data_md5", "data_commit", "code_commit"]
for y, link in enumerate(my_lineage):
    ax.plot(range(6), [y] * 6, "o-", color="grey")
    for x, s in enumerate(steps):
        ax.annotate(str(link[s])[:8], (x, y), textcoords="offset points", xytext=(0, 8), ha="center")
ax.set_xticks(range(6), steps)
ax.set_yticks([0, 1], ["first", "full"])
ax.set_ylim(-0.5, 1.8)

# walk the chain: the file as of the first version's commit, by git and dvc this time
link = my_lineage[0]
shell(forecast, f"git checkout -q {link['data_commit']} -- diabetes.csv.dvc", "dvc checkout -q")
df = pd.read_csv(forecast / "diabetes.csv", index_col="row")
shell(
    forecast, "git checkout -q main -- diabetes.csv.dvc", "git checkout -q HEAD -- diabetes.csv.dvc", "dvc checkout -q"
)
m = mlflow.sklearn.load_model(f"models:/{MODEL}/{link['version']}")
seen = pd.read_csv(mlflow.artifacts.download_artifacts(run_id=link["run_id"], artifact_path="predictions.csv"))
redo = pd.DataFrame(
    {
        "version": link["version"],
        "row": seen["row"],
        "y_pred": m.predict(df.loc[seen["row"]].drop(columns="progression")),
    }
)
assert (redo["y_pred"] == seen["y_pred"]).all()
with mlflow.start_run(run_name="lineage-of-versions"):
    mlflow.log_dict(my_lineage, "lineage.json")
    mlflow.log_figure(fig, "lineage.png")
    mlflow.log_text(redo.to_csv(index=False), "reproduced.csv")
plt.close("all")
