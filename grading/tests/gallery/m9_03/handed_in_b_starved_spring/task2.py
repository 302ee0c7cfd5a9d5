mlflow.set_experiment("progress-of-diabetes")
MODEL = "progress-ridge"
v1 = mlflow.register_model("runs:/" + run1 + "/model", MODEL)
client.update_model_version(MODEL, v1.version, description="Model of the spring data, 231 patients in training")
client.set_model_version_tag(MODEL, v1.version, "data_version", mlflow.get_run(run1).data.tags["data_version"])
client.set_model_version_tag(MODEL, v1.version, "dvc_md5", mlflow.get_run(run1).data.tags["dvc_md5"])

v2 = mlflow.register_model("runs:/" + run2 + "/model", MODEL)
client.update_model_version(MODEL, v2.version, description="Model of the summer data, 364 patients in training")
client.set_model_version_tag(MODEL, v2.version, "data_version", mlflow.get_run(run2).data.tags["data_version"])
client.set_model_version_tag(MODEL, v2.version, "dvc_md5", mlflow.get_run(run2).data.tags["dvc_md5"])

my_versions = [int(v1.version), int(v2.version)]

m1 = mlflow.get_run(run1).data.metrics
m2 = mlflow.get_run(run2).data.metrics
comparison = pd.DataFrame(
    {
        "version": my_versions,
        "run_id": [run1, run2],
        "test_rmse": [m1["test_rmse"], m2["test_rmse"]],
        "test_r2": [m1["test_r2"], m2["test_r2"]],
        "train_rmse": [m1["train_rmse"], m2["train_rmse"]],
    }
)
os.makedirs("tmp_diabetes", exist_ok=True)
comparison.to_csv("tmp_diabetes/comparison.csv", index=False)
with mlflow.start_run(run_name="progress-comparison"):
    mlflow.log_artifact("tmp_diabetes/comparison.csv")
comparison
