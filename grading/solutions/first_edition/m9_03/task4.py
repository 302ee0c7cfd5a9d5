mlflow.set_experiment("diabetes-progression-versions")
limits = forecast / "contract.yaml"
limits.write_text(
    'name: forecast\nextends: regression\ntitle: A forecast to use\nthresholds: {rmse: "<= 60", r2: ">= 0.4"}\n'
)
with mlflow.start_run(run_name="contract"):
    mlflow.log_artifact(limits)
ruling = hold(str(limits), f"{MODEL}/{my_versions[0]}", TRACKING_URI)
promote(ruling, "champion", TRACKING_URI, why="The first that beats the mean")
ruling = hold(str(limits), f"{MODEL}/{my_versions[1]}", TRACKING_URI)
promote(ruling, "champion", TRACKING_URI, why="More patients, smaller errors")

(forecast / "params.yaml").write_text("alpha: 5000\n")
shell(forecast, "git add .", 'git commit -q -m "Settings: a larger alpha; and the contract"')
my_third = forecast_run("ridge-shrunk", "v2")
shrunk = new_version(my_third, "The full extract, shrunk towards the mean.")
try:
    promote(hold(str(limits), f"{MODEL}/{shrunk}", TRACKING_URI), "champion", TRACKING_URI, why="A calmer model")
except PromotionError as refusal:
    client.set_model_version_tag(MODEL, str(shrunk), "refused", str(refusal))
moved = rollback(str(limits), MODEL, "champion", TRACKING_URI, why="The ward wants to compare once more")
