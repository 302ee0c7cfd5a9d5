mlflow.set_experiment("diabetes-progression-versions")
contract = forecast_repo / "contract.yaml"
contract.write_text("""name: forecast
extends: regression
title: A forecast that may be used
thresholds:
  rmse: "<= 60"
  r2: ">= 0.4"
""")
tools.commit(forecast_repo, "Contract: what a champion must reach")
with mlflow.start_run(run_name="contract"):
    mlflow.log_artifact(contract)

ruling = hold(str(contract), f"{MODEL}/{my_versions[0]}", TRACKING_URI)
promote(ruling, "champion", TRACKING_URI, why="The first that beats the mean")
ruling = hold(str(contract), f"{MODEL}/{my_versions[1]}", TRACKING_URI)
promote(ruling, "champion", TRACKING_URI, why="More patients, smaller errors")

my_third = forecast_run("ridge-shrunk", "v2", alpha=5000)
third = tools.register(MODEL, my_third, "The full extract, shrunk towards the mean.")
ruling = hold(str(contract), f"{MODEL}/{third}", TRACKING_URI)
try:
    promote(ruling, "champion", TRACKING_URI, why="A calmer model")
except PromotionError as error:
    mlflow.MlflowClient().set_model_version_tag(MODEL, str(third), "refused", str(error))
rollback(str(contract), MODEL, "champion", TRACKING_URI, why="The ward wants it back")
