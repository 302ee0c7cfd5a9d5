mlflow.set_experiment("progress-of-diabetes")

# features, version by version
loaded1 = mlflow.sklearn.load_model(f"models:/{MODEL}/{my_versions[0]}")
fi1 = pd.DataFrame({"feature": train1.drop(columns="progression").columns, "importance": loaded1[-1].coef_})
loaded2 = mlflow.sklearn.load_model(f"models:/{MODEL}/{my_versions[1]}")
fi2 = pd.DataFrame({"feature": train2.drop(columns="progression").columns, "importance": loaded2[-1].coef_})
for run_id, fi in ((run1, fi1), (run2, fi2)):
    fi.to_csv("tmp_diabetes/feature_importance.csv", index=False)
    with mlflow.start_run(run_id=run_id):
        mlflow.log_artifact("tmp_diabetes/feature_importance.csv")

# the chain
my_lineage = []
for v in my_versions:
    mv = client.get_model_version(MODEL, v)
    r = mlflow.get_run(mv.run_id)
    my_lineage.append(
        dict(
            model=MODEL,
            version=v,
            run_id=mv.run_id,
            dataset_digest=r.inputs.dataset_inputs[0].dataset.digest,
            data_path="diabetes.csv",
            data_md5=r.data.tags["dvc_md5"],
            data_commit=r.data.tags["data_commit"],
            code_commit=r.data.tags["mlflow.source.git.commit"],
        )
    )
with open("tmp_diabetes/lineage.json", "w") as f:
    json.dump(my_lineage, f, indent=2)

# the picture, adapted from the lesson
fig, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
for y, c in enumerate(reversed(my_lineage)):
    for x, step in enumerate(STEPS):
        text = "version " + str(c[step]) if step == "version" else c[step][:8]
        ax.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            family="monospace",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "lightyellow"},
        )
        if x:
            ax.annotate("", (x - 0.33, y), (x - 0.67, y), arrowprops={"arrowstyle": "->"})
ax.set(xlim=(-0.5, 4.5), ylim=(-0.5, 1.5), yticks=[], title="progress-ridge: from version to bytes")
ax.set_xticks(range(5), STEPS.values())
fig.savefig("tmp_diabetes/lineage.png", dpi=120)

# version 1 predicts again, with the file of its commit
target = Path("tmp_diabetes").resolve() / "diabetes_then.csv"
target.unlink(missing_ok=True)
shell(forecast, f"dvc get -q . {my_lineage[0]['data_path']} --rev {my_lineage[0]['data_commit']} -o {target}")
assert hashlib.md5(target.read_bytes()).hexdigest() == my_lineage[0]["data_md5"]
then = pd.read_csv(target, index_col="row")
old_predictions = pd.read_csv(mlflow.artifacts.download_artifacts("runs:/" + run1 + "/predictions.csv"))
new_predictions = mlflow.sklearn.load_model(f"models:/{MODEL}/{my_versions[0]}").predict(
    then.drop(columns="progression").loc[old_predictions.row]
)
repro = pd.DataFrame({"version": my_versions[0], "row": old_predictions.row, "y_pred": new_predictions})
repro.to_csv("tmp_diabetes/reproduced.csv", index=False)
print("different predictions:", (repro.y_pred != old_predictions.y_pred).sum())

with mlflow.start_run(run_name="progress-lineage"):
    mlflow.log_artifact("tmp_diabetes/lineage.json")
    mlflow.log_artifact("tmp_diabetes/lineage.png")
    mlflow.log_artifact("tmp_diabetes/reproduced.csv")
