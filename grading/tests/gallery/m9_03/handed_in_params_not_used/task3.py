mlflow.set_experiment("diabetes-progression")
my_lineage = [lineage(MODEL, n) | {"data_path": csv.name} for n in my_versions]
for chain in my_lineage:
    uri = f"models:/{MODEL}/{chain['version']}"
    names = mlflow.models.get_model_info(uri).signature.inputs.input_names()
    weights = pd.DataFrame({"feature": names, "importance": mlflow.sklearn.load_model(uri)[-1].coef_.ravel()})
    mlflow.log_text(weights.to_csv(index=False), "feature_importance.csv", run_id=chain["run_id"])

fig, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
for y, chain in enumerate(my_lineage):
    for x, step in enumerate(STEPS):
        ax.text(x, y, str(chain[step])[:8], ha="center", bbox={"facecolor": "white"})
ax.set(xlim=(-0.5, 4.5), ylim=(-0.5, 1.5), yticks=[])
ax.set_xticks(range(5), STEPS.values())

chain = my_lineage[0]
with dvc.api.open(chain["data_path"], repo=str(forecast), rev=chain["data_commit"]) as stream:
    rows = pd.read_csv(stream, index_col="row")
model = mlflow.sklearn.load_model(f"models:/{MODEL}/{chain['version']}")
again = pd.DataFrame({"version": chain["version"], "row": diabetes_test})
again["y_pred"] = model.predict(rows.loc[diabetes_test].drop(columns="progression"))
with mlflow.start_run(run_name="lineage"):
    mlflow.log_text(json.dumps(my_lineage, indent=2), "lineage.json")
    mlflow.log_figure(fig, "lineage.png")
    mlflow.log_text(again.to_csv(index=False), "reproduced.csv")
