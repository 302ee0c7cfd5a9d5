mlflow.set_experiment("diabetes-ward")
MODEL = "ward-diabetes"
my_versions = [
    register(MODEL, my_runs[0], "Ridge, trained on what the clinic sent in spring."),
    register(MODEL, my_runs[1], "Ridge, trained on everything the clinic has sent until summer."),
]


def row(number):
    of = client.get_model_version(MODEL, number)
    m = mlflow.get_run(of.run_id).data.metrics
    return pd.Series(
        {
            "version": number,
            "run_id": of.run_id,
            "data": of.tags["data_version"],
            "test_rmse": m["test_rmse"],
            "test_mae": m["test_mae"],
            "test_r2": m["test_r2"],
        }
    )


import tempfile

both = pd.DataFrame(map(row, my_versions))
both["rmse_minus_first"] = both["test_rmse"] - both["test_rmse"].iloc[0]
with tempfile.TemporaryDirectory() as folder, mlflow.start_run(run_name="versions side by side"):
    both.to_csv(Path(folder) / "comparison.csv", index=False)
    mlflow.log_artifact(f"{folder}/comparison.csv")
both
