mlflow.set_experiment("diabetes-progression-versions")
my_lineage = [tools.lineage(MODEL, number, "diabetes.csv") for number in my_versions]

origin = my_lineage[0]
with dvc.api.open("diabetes.csv", repo=str(forecast_repo), rev=origin["data_commit"]) as stream:
    table = pd.read_csv(stream, index_col="row")
X_test = table.loc[test_rows].drop(columns="progression")
model = mlflow.sklearn.load_model(f"models:/{MODEL}/{origin['version']}")
reproduced = pd.DataFrame({"row": test_rows, "y_pred": model.predict(X_test)})
reproduced["version"] = origin["version"]

with mlflow.start_run(run_name="lineage"):
    mlflow.log_dict(my_lineage, "lineage.json")
    mlflow.log_figure(tools.draw_lineage(my_lineage), "lineage.png")
    mlflow.log_text(reproduced.to_csv(index=False), "reproduced.csv")

for link in my_lineage:
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{link['version']}")
    features = pd.DataFrame({"feature": model.feature_names_in_, "importance": model[-1].coef_})
    mlflow.log_text(features.to_csv(index=False), "feature_importance.csv", run_id=link["run_id"])
