mlflow.set_experiment("diabetes-ward")
from matplotlib.figure import Figure
from sklearn.inspection import permutation_importance

my_lineage = []
for number, trial in zip(my_versions, (spring_trial, summer_trial)):
    version_ = client.get_model_version(MODEL, number)
    run = mlflow.get_run(version_.run_id)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{number}")
    test = trial.rows.loc[diabetes_test]
    # how much each column weighs: what shuffling it costs
    cost = permutation_importance(model, test.drop(columns="progression"), test["progression"], random_state=SEED)
    weights = pd.DataFrame({"feature": model.feature_names_in_, "importance": cost.importances_mean})
    with mlflow.start_run(run_id=version_.run_id):
        mlflow.log_text(weights.to_csv(index=False), "feature_importance.csv")
    tags = run.data.tags
    my_lineage.append(
        {
            "model": MODEL,
            "version": number,
            "run_id": version_.run_id,
            "run_name": run.info.run_name,
            "dataset_digest": run.inputs.dataset_inputs[0].dataset.digest,
            "data_path": "diabetes.csv",
            "data_md5": tags["dvc_md5"],
            "data_sha256": tags["data_sha256"],
            "data_commit": tags["data_commit"],
            "code_commit": tags["mlflow.source.git.commit"],
        }
    )

figure = Figure(figsize=(6, 5))
axes = figure.subplots(1, 2)
for ax, entry in zip(axes, my_lineage):
    ax.set_axis_off()
    ax.set_title(f"version {entry['version']}")
    for depth, key in enumerate(("version", "run_id", "dataset_digest", "data_md5", "data_commit")):
        ax.text(
            0.5,
            0.9 - depth * 0.2,
            f"{key}\n{str(entry[key])[:12]}",
            ha="center",
            va="center",
            bbox=dict(facecolor="lavender"),
        )
        if depth:
            ax.annotate("", (0.5, 0.97 - depth * 0.2), (0.5, 1.03 - depth * 0.2), arrowprops=dict(arrowstyle="-|>"))

origin = my_lineage[0]
with dvc.api.open("diabetes.csv", repo=str(forecast), rev=origin["data_commit"]) as f:
    then = pd.read_csv(f).set_index("row").loc[diabetes_test]
loaded = mlflow.pyfunc.load_model(f"models:/{MODEL}/{origin['version']}")
predictions = loaded.predict(then.drop(columns="progression"))
reproduced = pd.DataFrame({"version": [origin["version"]] * len(then), "row": then.index, "y_pred": predictions})

with mlflow.start_run(run_name="where they come from") as run:
    mlflow.log_text(json.dumps(my_lineage), "lineage.json")
with mlflow.start_run(run_id=run.info.run_id):
    mlflow.log_figure(figure, "lineage.png")
    mlflow.log_text(reproduced.to_csv(index=False), "reproduced.csv")
