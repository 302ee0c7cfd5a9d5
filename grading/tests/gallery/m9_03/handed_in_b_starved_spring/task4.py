mlflow.set_experiment("progress-of-diabetes")
with open("contract.yaml", "w") as f:
    f.write("""name: diabetes
extends: regression
title: Diabetes champion
thresholds:
  rmse: "<= 65"
  r2: ">= 0.3"
""")
with mlflow.start_run(run_name="progress-contract"):
    mlflow.log_artifact("contract.yaml")

gate1 = hold("contract.yaml", f"{MODEL}/{my_versions[0]}", TRACKING_URI)
promote(gate1, "champion", TRACKING_URI, why="first model, better than the mean by more than 20 points")
gate2 = hold("contract.yaml", f"{MODEL}/{my_versions[1]}", TRACKING_URI)
promote(gate2, "champion", TRACKING_URI, why="clear progress, error more than two points smaller")

# third version: too much regularisation
(forecast / "params.yaml").write_text("alpha: 5000\nseed: 42\n")
shell(forecast, 'git commit -q -a -m "alpha 5000"')
model3 = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=5000))
my_third = track("progress-ridge-bad", model3, train2, test2, "progression")
with mlflow.start_run(run_id=my_third):
    mlflow.log_input(
        mlflow.data.from_pandas(df2.reset_index(), source=str(forecast / "diabetes.csv"), name="diabetes_v2"),
        context="training",
    )
    mlflow.set_tag("data_sha256", hashlib.sha256(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_version", "v2")
    mlflow.set_tag("dvc_md5", hashlib.md5(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_commit", shell(forecast, "git rev-parse HEAD"))
v3 = mlflow.register_model("runs:/" + my_third + "/model", MODEL)
client.update_model_version(MODEL, v3.version, description="Summer data, but alpha is much too large")
client.set_model_version_tag(MODEL, v3.version, "data_version", "v2")
client.set_model_version_tag(MODEL, v3.version, "dvc_md5", mlflow.get_run(my_third).data.tags["dvc_md5"])
gate3 = hold("contract.yaml", f"{MODEL}/{v3.version}", TRACKING_URI)
try:
    promote(gate3, "champion", TRACKING_URI, why="try")
except PromotionError as e:
    print(e)
    client.set_model_version_tag(MODEL, v3.version, "refused", e)

rollback("contract.yaml", MODEL, "champion", TRACKING_URI, why="the clinic is used to the spring model")
client.get_registered_model(MODEL).aliases
