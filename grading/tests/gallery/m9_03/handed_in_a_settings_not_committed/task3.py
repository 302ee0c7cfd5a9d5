mlflow.set_experiment(MY_EXPERIMENT)
from sklearn.inspection import permutation_importance


def importance_of(number):
    """How much the RMSE of the test patients grows when one column is shuffled."""
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{number}")
    patients = pd.read_csv(forecast / TABLE, index_col="row").loc[diabetes_test]
    names = list(model.feature_names_in_)
    shuffled = permutation_importance(
        model,
        patients[names],
        patients["progression"],
        scoring="neg_root_mean_squared_error",
        n_repeats=30,
        random_state=SEED,
    )
    return pd.DataFrame({"feature": names, "importance": shuffled.importances_mean, "std": shuffled.importances_std})


for number, run_id in zip(my_versions, my_runs):
    ranked = importance_of(number).sort_values("importance", ascending=False)
    mlflow.log_text(ranked.to_csv(index=False), "feature_importance.csv", run_id=run_id)
ranked.head(4)

my_lineage = []
for number in my_versions:
    version_ = client.get_model_version(MODEL, str(number))
    run = mlflow.get_run(version_.run_id)
    entry = {"model": MODEL, "version": number, "run_id": version_.run_id}
    entry["dataset_digest"] = run.inputs.dataset_inputs[0].dataset.digest
    entry["data_path"] = TABLE
    entry["data_md5"] = run.data.tags["dvc_md5"]
    entry["data_commit"] = run.data.tags["data_commit"]
    entry["code_commit"] = run.data.tags["mlflow.source.git.commit"]
    my_lineage.append(entry)

# the picture as a table: a column for each version, a row for each link
shown = pd.DataFrame(my_lineage).astype(str).map(lambda text: text[:12]).T
board, frame = plt.subplots(figsize=(7, 3.4))
frame.axis("off")
frame.set_title("Lineage: read from the top (registry) down to the bottom (Git)")
frame.table(
    cellText=shown.values, rowLabels=shown.index, colLabels=["spring", "summer"], loc="center", cellLoc="center"
)
board.subplots_adjust(left=0.25)

# Predict again: the pointer of the old commit names the md5, the md5 names the bytes in DVC's cache.
link = my_lineage[0]
pointer = yaml.safe_load(shell(forecast, f"git show {link['data_commit']}:{link['data_path']}.dvc"))["outs"][0]["md5"]
assert pointer == link["data_md5"]
bytes_of_then = forecast / ".dvc" / "cache" / "files" / "md5" / pointer[:2] / pointer[2:]
then = pd.read_csv(bytes_of_then, index_col="row")
model = mlflow.sklearn.load_model(f"models:/{link['model']}/{link['version']}")
told = pd.read_csv(mlflow.artifacts.download_artifacts(run_id=link["run_id"], artifact_path="predictions.csv"))
made_again = told[["row"]].assign(version=link["version"])
made_again["y_pred"] = model.predict(then.loc[told["row"], list(model.feature_names_in_)])
assert (made_again["y_pred"] == told["y_pred"]).all()
with mlflow.start_run(run_name="where-from"):
    mlflow.log_text(json.dumps(my_lineage, indent=4), "lineage.json")
    mlflow.log_figure(board, "lineage.png")
    mlflow.log_text(made_again[["version", "row", "y_pred"]].to_csv(index=False), "reproduced.csv")
plt.close("all")
